/* The map of a list: the outline and the villages of a sketch, with the numbers of the list beside it.
   Without scripts the list says the same; without tiles nothing is asked of any other site. */
(() => {
  "use strict";
  const box = document.getElementById("ban-do");
  if (!box || !window.L) return;
  const sections = new Map([...document.querySelectorAll("[data-village]")].map((node) => [node.dataset.village, node]));

  /* When the map was moved: the same list for the villages one sees. */
  function searchHere(map, places) {
    const link = document.getElementById("vung-nay");
    map.on("dragend zoomend", () => {
      const seen = places.filter(([pin]) => map.getBounds().contains(pin.getLatLng())).map(([, code]) => code);
      const wanted = new URLSearchParams(location.search);
      ["thon", "trang"].forEach((name) => wanted.delete(name));
      const view = wanted.get("xem");
      wanted.delete("xem");
      seen.forEach((code) => wanted.append("thon", code));
      wanted.append("xem", view);
      link.href = `?${wanted}`;
      link.hidden = !seen.length || seen.length === places.length;
    });
  }

  fetch(box.dataset.shapes).then((answer) => answer.json()).then((shapes) => {
    box.hidden = false;
    const isSketch = shapes.features.some((one) => one.properties.schematic);
    const map = L.map(box, {
      zoomControl: false, scrollWheelZoom: false, attributionControl: false,
      zoomSnap: 0.25, maxZoom: isSketch ? 12.5 : 17,
    });
    L.control.zoom({ zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
    if (box.dataset.tiles) {
      L.tileLayer(box.dataset.tiles, { attribution: box.dataset.credit }).addTo(map);
      L.control.attribution({ prefix: false }).addTo(map);
    }
    const outline = L.geoJSON(shapes, {
      filter: (one) => one.geometry.type === "Polygon",
      style: { className: "place-outline", color: null, fillColor: null, weight: 2, fillOpacity: box.dataset.tiles ? 0.2 : 1, dashArray: isSketch ? "6 5" : null },
      interactive: false,
    }).addTo(map);
    const places = [];
    map.fitBounds(outline.getBounds(), { padding: [12, 12] });

    shapes.features.filter((one) => one.geometry.type === "Point").forEach((one) => {
      const section = sections.get(one.properties.code);
      const count = section ? section.dataset.count : "0";
      const [east, north] = one.geometry.coordinates;
      const mark = document.createElement("span");
      mark.className = "pinned" + (one.properties.schematic ? "" : " pinned--sure") + (section ? "" : " pinned--none");
      mark.textContent = count;
      const label = section ? section.dataset.said : one.properties.name;
      const pin = L.marker([north, east], {
        icon: L.divIcon({ className: "", iconSize: [26, 26], html: mark }),
        title: one.properties.name, keyboard: !!section, interactive: !!section,
      }).addTo(map);
      pin.getElement().setAttribute("aria-label", label); // a drawn pin has no alternative text of its own
      if (section) places.push([pin, one.properties.code]);
      pin.bindTooltip(one.properties.name, { permanent: true, direction: "bottom", offset: [0, 8], className: "named" });
      if (section) pin.on("click", () => {
        sections.forEach((other) => delete other.dataset.on);
        section.dataset.on = "";
        section.scrollIntoView({ block: "nearest" });
      });
      if (section) pin.getElement().addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault(); // or the link that gets the focus would be followed
        pin.fire("click");
        const entry = section.querySelector("a");
        if (entry) entry.focus();
      });
    });
    searchHere(map, places);
  }).catch(() => { box.hidden = true; });
})();

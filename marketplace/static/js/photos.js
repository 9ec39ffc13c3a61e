/* Photos just chosen: made smaller before they travel, shown with their weight, taken out again.
   Without this script, or where a step of it fails, the form sends what was chosen. */
(() => {
  "use strict";
  const LIGHT = 300 * 1024;
  const make = (tag, props) => Object.assign(document.createElement(tag), props);
  const weight = (file) => Math.ceil(file.size / 1024) + " KB";

  /* A JPEG of at most so many pixels a side; the file itself where that is no gain. The browser
     must turn it upright by itself: one that cannot refuses the option, and the file stays. */
  async function smaller(file, longest) {
    if (!/^image\/(?!svg|gif)/.test(file.type)) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
      if (scale === 1 && file.size < LIGHT) return file;
      const canvas = make("canvas", {
        width: Math.max(1, Math.round(picture.width * scale)),
        height: Math.max(1, Math.round(picture.height * scale)),
      });
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.imageSmoothingQuality = "high";
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
      if (!blob || blob.size >= file.size) return file;
      return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: blob.type });
    } catch {
      return file;
    }
  }

  function prepare(field) {
    const list = document.getElementById(field.dataset.preview);
    let chosen = [];
    let working = 0;
    let waiting;

    function put() {
      const all = new DataTransfer();
      chosen.forEach((file) => all.items.add(file));
      field.files = all.files;
      list.querySelectorAll("img").forEach((img) => URL.revokeObjectURL(img.src));
      list.replaceChildren(...chosen.map(show));
    }

    function show(file) {
      const item = make("li", {});
      const isImage = file.type.startsWith("image/");
      item.append(isImage ? make("img", { src: URL.createObjectURL(file), alt: file.name }) : file.name);
      const told = file.name + ", " + weight(file);
      const button = make("button", { type: "button", className: "btn btn--s kb", textContent: "× " + weight(file) });
      button.setAttribute("aria-label", field.dataset.remove.replace("{name}", told));
      button.addEventListener("click", () => {
        chosen = chosen.filter((other) => other !== file);
        put();
        field.focus();
      });
      item.append(button);
      return item;
    }

    /* Phones take one photo at a time: what is chosen later joins what is there, in this order. */
    field.addEventListener("change", async () => {
      const added = [...field.files];
      chosen = field.multiple ? chosen.concat(added) : added;
      put();
      working += 1;
      for (const file of added) {
        const light = await smaller(file, Number(field.dataset.shrink));
        chosen = chosen.map((other) => (other === file ? light : other));
      }
      put();
      working -= 1;
      if (waiting !== undefined && !working) field.form.requestSubmit(waiting);
    });

    /* Sent too early: it goes by itself once the photos are small. */
    field.form.addEventListener("submit", (event) => {
      waiting = working ? event.submitter : undefined;
      if (working) event.preventDefault();
    });
  }

  document.querySelectorAll("input[type=file][data-shrink]").forEach((field) => {
    if (field.dataset.ready || !field.form || !window.DataTransfer) return;
    field.dataset.ready = "1";
    prepare(field);
  });
})();

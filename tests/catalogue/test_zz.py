import pytest
@pytest.mark.parametrize("language",["vi","en"])
def test_pages(world, browse, language):
    a=world.published(); d=world.draft(title="Nháp"); o=world.opportunity()
    b=browse(None,language)
    for p in ("/nong-san","/co-hoi",a.path,o.path,"/nong-san?q=xyz","/nong-san?q=dang+sam&nhom=honey&thang=11&thon=azut","/co-hoi?sap=von"):
        b.get(p)
    b.get(d.path,404)
    c=browse("coop",language)
    for p in ("/ban-hang","/ban-hang/dang","/lam-viec/dang-giup",f"/ban-hang/{d.public_id}",f"/ban-hang/{d.public_id}/sua",f"/ban-hang/{a.public_id}",f"/ban-hang/{a.public_id}/gia",a.path,d.path):
        c.get(p)
    c.get(f"/ban-hang/{o.public_id}",403)
    f=browse("official_2",language)
    from marketplace.catalogue import services
    services.submit(world.actor("coop"), d.public_id)
    for p in ("/lam-viec/co-hoi","/lam-viec/co-hoi/moi","/lam-viec/duyet",f"/lam-viec/duyet/{d.public_id}","/lam-viec/dang-giup",f"/ban-hang/{o.public_id}",o.path, f"/ban-hang/dang?cho={a.organisation.public_id}",f"/ban-hang/{d.public_id}/return",f"/ban-hang/{a.public_id}/pause"):
        f.get(p)

"""Drives the simulator with wechatpy's unchanged client: every request for WeChat's hosts goes to the simulator.

Reads one JSON object: base, appid, secret, openid (of a follower who has just written), stranger (an openid that does not
follow), silent (one that follows and has no open window), template (the id of a picked one). Fails loudly when anything is not as wechatpy knows it from WeChat; prints what it saw last.
"""

import io
import json
import logging
import sys
import warnings

from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

# One grey pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a4944415478da6368000000820081da45083b0000000049454e44ae426082"
)
warnings.simplefilter("ignore", DeprecationWarning)
logging.disable(logging.CRITICAL)


def client_of(task, secret=None):
    return WeChatClient(task["appid"], secret or task["secret"])


def redirect(base):
    """Lets every request for WeChat's hosts go to the simulator."""
    send = HTTPAdapter.send

    def redirected(adapter, request, **kwargs):
        for host in ("https://api.weixin.qq.com", "https://mp.weixin.qq.com"):
            request.url = request.url.replace(host, base)
        return send(adapter, request, **kwargs)

    HTTPAdapter.send = redirected


def refuses(code, call, *args, **kwargs):
    try:
        answer = call(*args, **kwargs)
    except WeChatClientException as refusal:
        assert refusal.errcode == code, (refusal.errcode, refusal.errmsg, code)
        assert refusal.errmsg, "a refusal says why"
        return
    raise AssertionError("%s answers %r instead of %s" % (call.__name__, answer, code))


def main():
    task = json.load(sys.stdin)
    redirect(task["base"])
    client = client_of(task)
    tokens(task, client)
    codes(client)
    people(task, client)
    files(client)
    menus(client)
    tags(task, client)
    messages(task, client)
    templates(task, client)
    print(json.dumps({"done": True}))


def tokens(task, client):
    first = client.fetch_access_token()
    assert first["expires_in"] > 0 and client.access_token == first["access_token"]
    refuses(40125, client_of(task, "f" * 32).fetch_access_token)
    # A token that is not valid any more is fetched again by wechatpy itself, by the code it gets.
    client.session.set(client.access_token_key, "not-a-token", 7200)
    assert client.misc.get_wechat_ips()
    assert client.access_token != "not-a-token"


def codes(client):
    scene = {"scene": {"scene_str": "wechatpy 测试"}}
    made = client.qrcode.create({"action_name": "QR_LIMIT_STR_SCENE", "action_info": scene})
    assert made["ticket"] and made["url"].startswith("http"), made
    temporary = {"expire_seconds": 600, "action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 7}}}
    assert client.qrcode.create(temporary)["expire_seconds"] == 600
    picture = client.qrcode.show(made)
    assert picture.status_code == 200 and picture.headers["Content-Type"].startswith("image/"), picture.headers
    refuses(40053, client.qrcode.create, {"action_name": "QR_NONE", "action_info": scene})


def people(task, client):
    known = client.user.get(task["openid"])
    assert known["subscribe"] == 1 and known["openid"] == task["openid"], known
    assert client.user.get(task["stranger"])["subscribe"] == 0
    client.user.update_remark(task["openid"], "王女士 🙂")
    assert client.user.get(task["openid"])["remark"] == "王女士 🙂"
    assert [p["openid"] for p in client.user.get_batch([task["openid"], task["stranger"]])] == [
        task["openid"],
        task["stranger"],
    ]
    assert task["openid"] in list(client.user.iter_followers())
    refuses(40003, client.user.get, "o-nobody")


def files(client):
    kept = client.media.upload("image", ("a.png", io.BytesIO(PNG), "image/png"))
    assert kept["type"] == "image" and kept["media_id"] and kept["created_at"] > 0, kept
    got = client.media.download(kept["media_id"])
    assert got.content == PNG, got.content[:80]
    assert client.media.upload_image(("a.png", io.BytesIO(PNG), "image/png")).startswith("http")
    lasting = client.material.add("image", ("a.png", io.BytesIO(PNG), "image/png"))
    assert lasting["media_id"]
    refuses(40007, client.media.download, "no-such-media")
    refuses(40004, client.media.upload, "song", ("a.png", io.BytesIO(PNG), "image/png"))


def menus(client):
    menu = {
        "button": [
            {"type": "click", "name": "找导购", "key": "GUIDE"},
            {"name": "门店", "sub_button": [{"type": "view", "name": "地图", "url": "https://example.com/m"}]},
        ]
    }
    client.menu.create(menu)
    shown = client.menu.get()["menu"]["button"]
    assert [b["name"] for b in shown] == ["找导购", "门店"], shown
    assert shown[1]["sub_button"][0]["url"] == "https://example.com/m"
    refuses(40016, client.menu.create, {"button": menu["button"] * 2})
    client.menu.delete()
    assert not client.menu.get(), "wechatpy knows a deleted menu by its code"


def tags(task, client):
    tag = client.tag.create("老客 🙂")
    client.tag.tag_user(tag["id"], [task["openid"]])
    assert client.tag.get_user_tag(task["openid"]) == [tag["id"]]
    assert list(client.tag.iter_tag_users(tag["id"])) == [task["openid"]]
    client.tag.untag_user(tag["id"], task["openid"])
    refuses(45157, client.tag.create, "老客 🙂")
    client.tag.delete(tag["id"])
    assert tag["id"] not in [t["id"] for t in client.tag.get()]


def messages(task, client):
    openid = task["openid"]
    kept = client.media.upload("image", ("a.png", io.BytesIO(PNG), "image/png"))
    client.message.send_text(openid, "您好 🙂 <a href=\"https://example.com/?a=1&b=2\">看</a> \\u4f60")
    client.message.send_image(openid, kept["media_id"])
    client.message.send_articles(openid, [{"title": "新品", "description": "", "url": "https://example.com", "image": ""}])
    refuses(40007, client.message.send_image, openid, "no-such-media")
    refuses(40003, client.message.send_text, "o-nobody", "谁")
    refuses(43004, client.message.send_text, task["stranger"], "没关注")
    refuses(45015, client.message.send_text, task["silent"], "没写过")
    client.message.send_text(openid, "四")
    client.message.send_text(openid, "五")
    refuses(45047, client.message.send_text, openid, "六")


def templates(task, client):
    data = {"thing1": {"value": "大衣"}, "time2": {"value": "2026-08-15 10:05"}}
    sent = client.message.send_template(task["openid"], task["template"], data)
    assert sent["msgid"] > 0, sent
    assert task["template"] in [t["template_id"] for t in client.template.get_all_private_template()["template_list"]]
    refuses(40037, client.message.send_template, task["openid"], "no-such-template", data)
    refuses(43004, client.message.send_template, task["stranger"], task["template"], data)


main()

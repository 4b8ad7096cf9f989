"""Delivers pushes to a callback with wechatpy's own signature and cipher and opens the answers.

Reads one JSON object: callback, appid, token, aes_key, mode, pushes. Prints one JSON list with an object for each push:
status, and answer as wechatpy decrypts it or "success" as it came.
"""

import json
import re
import sys

import requests
import xmltodict
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner, random_string

TIMESTAMP = "1786759500"


def main():
    task = json.load(sys.stdin)
    crypto = WeChatCrypto(task["token"], task["aes_key"], task["appid"])
    print(json.dumps([deliver(task, crypto, push) for push in task["pushes"]]))


def deliver(task, crypto, push):
    nonce = random_string(10)
    query = {
        "signature": signed(task["token"], TIMESTAMP, nonce),
        "timestamp": TIMESTAMP,
        "nonce": nonce,
        "openid": "o-not-to-be-trusted",
    }
    body = push
    if task["mode"] != "plain":
        sealed = xmltodict.parse(crypto.encrypt_message(push, nonce, TIMESTAMP))["xml"]
        query["encrypt_type"] = "aes"
        query["msg_signature"] = sealed["MsgSignature"]
        body = enclosed(task["mode"], push, sealed["Encrypt"])
    answer = requests.post(task["callback"], params=query, data=body.encode(), timeout=10)
    return {"status": answer.status_code, "answer": opened(crypto, answer.text)}


def enclosed(mode, push, encrypted):
    element = "<Encrypt><![CDATA[%s]]></Encrypt>" % encrypted
    if mode == "compatible":
        return push.replace("</xml>", element + "\n</xml>")
    name = re.search(r"<ToUserName>.*?</ToUserName>", push, re.S).group(0)
    return "<xml>\n    %s\n    %s\n</xml>\n" % (name, element)


def opened(crypto, text):
    if "<Encrypt>" in text:
        outer = xmltodict.parse(text)["xml"]
        text = crypto.decrypt_message(text, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
    if text == "success":
        return {"type": "success"}
    message = parse_message(text)
    return {
        "type": message.type,
        "to": message.target,
        "from": message.source,
        "text": getattr(message, "content", None),
        "fields": xmltodict.parse(text)["xml"],
    }


def signed(*parts):
    signer = WeChatSigner()
    signer.add_data(*parts)
    return signer.signature


main()

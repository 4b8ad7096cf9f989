"""What a user would otherwise pick: wechatpy in FastAPI, as its documentation shows it, echoing an encrypted text. No store.

make bench runs it in uvicorn with uvloop and httptools, one process on one core.
"""

import os

from fastapi import FastAPI, Request, Response
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

TOKEN = os.environ["WECHAT_TOKEN"]
crypto = WeChatCrypto(TOKEN, os.environ["WECHAT_ENCODING_AES_KEY"], os.environ["WECHAT_APPID"])
app = FastAPI()


@app.get("/readyz")
async def ready():
    return Response()


@app.post("/wechat/{appid}")
async def receive(appid: str, signature: str, timestamp: str, nonce: str, msg_signature: str, request: Request):
    try:
        check_signature(TOKEN, signature, timestamp, nonce)
        xml = crypto.decrypt_message(await request.body(), msg_signature, timestamp, nonce)
    except InvalidSignatureException:
        return Response(status_code=403)
    message = parse_message(xml)
    answer = create_reply(message.content, message).render()
    return Response(crypto.encrypt_message(answer, nonce, timestamp), media_type="text/xml")

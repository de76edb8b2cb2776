"""Emojis by the short names that chat platforms write into their exports. The usual ones; others keep their name."""

_LIST = """
+1=👍 thumbsup=👍 -1=👎 thumbsdown=👎 heart=❤️ heavy_heart=❤️ blue_heart=💙 green_heart=💚 purple_heart=💜
smile=😄 smiley=😃 grinning=😀 grin=😁 slightly_smiling_face=🙂 simple_smile=🙂 blush=😊 wink=😉 joy=😂
laughing=😆 rolling_on_the_floor_laughing=🤣 heart_eyes=😍 thinking_face=🤔 thinking=🤔 sunglasses=😎 cry=😢
sob=😭 disappointed=😞 open_mouth=😮 astonished=😲 scream=😱 upside_down_face=🙃 face_palm=🤦 shrug=🤷
tada=🎉 confetti_ball=🎊 partying_face=🥳 clap=👏 raised_hands=🙌 pray=🙏 ok_hand=👌 wave=👋 muscle=💪
point_up=☝️ eyes=👀 fire=🔥 100=💯 rocket=🚀 star=⭐ star2=🌟 sparkles=✨ bulb=💡 rose=🌹 bouquet=💐
white_check_mark=✅ heavy_check_mark=✔️ x=❌ question=❓ exclamation=❗ heavy_plus_sign=➕ warning=⚠️
bow=🙇 handshake=🤝 coffee=☕ beers=🍻 cake=🍰 memo=📝 hospital=🏥 pill=💊 syringe=💉 stethoscope=🩺
"""
_NAMES = dict(pair.split("=") for pair in _LIST.split())


def emoji_of(name: str) -> str:
    """``thumbsup::skin-tone-3`` -> 👍; an unknown name as it is."""
    plain = name.strip(":").partition("::")[0]
    return _NAMES.get(plain, plain)

"""Every way into a group and how it stands to the door. A way that is not listed leads nowhere."""

OWN = {
    "open_door": "pressed Join on the group's card",
    "link": "followed a join link",
    "qr": "scanned the code of a join link or of an entry code",
    "invitation": "took up an invitation addressed to them",
    "code": "used an entry code that leads to one of many groups",
    "api": "asked by a program that acts for them",
}
DECIDED = {"staff": "keepers or staff let somebody in; where the door would not open they say why"}
CARRIED = {
    "import": "was a member of this group at another place already",
    "merge": "holds the place of the member merged into them",
    "moved": "was in another group that was parted, or whose members came here, or stands better here",
    "demo": "belongs to the made-up community",
}
WAYS = {**OWN, **DECIDED, **CARRIED}

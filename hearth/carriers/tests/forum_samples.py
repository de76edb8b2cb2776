"""Small archives of forums, lists and logs, written by hand in the formats that their importers name."""

from collections.abc import Mapping

_ADA = {"username": "ada", "name": "Ada", "user_id": 7}
_BO = {"username": "bo", "name": "Bo Keeper", "user_id": 8}
DISCOURSE: dict[str, object] = {
    "categories.json": {
        "category_list": {
            "categories": [
                {"id": 5, "name": "Ward", "description_text": "Rounds and cover", "read_restricted": False},
                {"id": 6, "name": "Staff", "description": "<p>Our own</p>", "read_restricted": True},
            ]
        }
    },
    "t/42.json": {
        "post_stream": {
            "posts": [
                {
                    **_ADA, "id": 100, "post_number": 1, "post_type": 1, "topic_id": 42, "version": 1,
                    "created_at": "2023-11-14T22:13:20.000Z", "updated_at": "2023-11-14T22:13:20.000Z",
                    "cooked": '<p>Who covers, <a class="mention" href="/u/bo">@bo</a>?</p>'
                    '<p><a class="attachment" href="/uploads/short-url/rota.pdf">rota.pdf</a> (12 KB)</p>',
                    "reply_to_post_number": None, "actions_summary": [{"id": 2, "count": 3}],
                },
                {
                    **_BO, "id": 101, "post_number": 2, "post_type": 1, "topic_id": 42, "version": 2,
                    "created_at": "2023-11-14T22:14:20.000Z", "updated_at": "2023-11-14T22:20:00.000Z",
                    "cooked": '<aside class="quote no-group" data-username="ada" data-post="1" data-topic="42">'
                    '<div class="title">ada:</div><blockquote><p>Who covers</p></blockquote></aside><p>I do.</p>',
                    "reply_to_post_number": None, "accepted_answer": True,
                    "retorts": [{"usernames": ["ada"], "emoji": ":tada:"}],
                },
                {
                    "username": "system", "user_id": -1, "id": 102, "post_number": 3, "post_type": 3, "topic_id": 42,
                    "created_at": "2023-11-15T00:00:00.000Z", "cooked": "", "action_code": "closed.enabled",
                },
                {
                    "username": "discobot", "user_id": -2, "id": 103, "post_number": 4, "post_type": 1, "topic_id": 42,
                    "created_at": "2023-11-15T00:00:01.000Z", "cooked": "<p>Closed.</p>", "reply_to_post_number": 2,
                },
            ],
            "stream": [100, 101, 102, 103],
        },
        "id": 42, "title": "Night cover", "category_id": 5, "tags": ["rota", "night shift"], "archetype": "regular",
    },
    "t/43.json": {
        "post_stream": {"posts": [{**_BO, "id": 104, "post_number": 1, "topic_id": 43, "cooked": "<p>psst</p>",
                                   "created_at": "2023-11-15T01:00:00.000Z"}]},
        "id": 43, "title": "Between us", "archetype": "private_message",
    },
    "posts/0000000105.json": {
        **_BO, "id": 105, "post_number": 1, "topic_id": 44, "topic_title": "Night cover", "topic_slug": "night-cover",
        "category_id": 5, "created_at": "2023-11-16T00:00:00.000Z", "version": 1,
        "raw": '[quote="ada, post:1, topic:42"]\nWho covers\n[/quote]\n\nAgain: @dara? ![plan|10x10](upload://x1.png)',
    },
}  # fmt: skip
DISCOURSE_RAW = {
    "rendered-topics/2023-11-November/2023-11-14-night-cover-id42.md": "# Night cover\n\n"
    "ada | 2023-11-14 22:13:20 UTC | #1\n\nWho covers, @bo?\n\n-------------------------\n\n"
    'bo | 2023-11-14 22:14:20 UTC | #2\n\n[quote="ada, post:1, topic:42"]\nWho covers\n[/quote]\nI do.\n\n'
    "-------------------------\n\n",
}

GITTER: dict[str, object] = {
    "rooms.json": [
        {"id": "r1", "name": "Clinic/ward", "uri": "Clinic/ward", "topic": "Rounds", "oneToOne": False, "public": True},
        {"id": "r2", "name": "Bo", "uri": "bo", "oneToOne": True},
    ],
    "Clinic/ward.json": [
        {
            "id": "m1", "text": "@bo who covers?", "html": "…", "sent": "2023-11-14T22:13:20.000Z", "readBy": 4,
            "fromUser": {"id": "u7", "username": "ada", "displayName": "Ada"}, "threadMessageCount": 1,
            "mentions": [{"screenName": "bo", "userId": "u8", "userIds": []}, {"screenName": "nobody", "userId": None}],
            "urls": [], "issues": [], "meta": [], "v": 1,
        },
        {
            "id": "m2", "text": "I do. [rota](https://files.gitter.im/r1/rota.pdf)", "html": "…", "parentId": "m1",
            "sent": "2023-11-14T22:14:20.000Z", "editedAt": "2023-11-14T22:15:20.000Z", "readBy": 4,
            "fromUser": {"id": "u8", "username": "bo", "displayName": "Bo Keeper"}, "mentions": [], "v": 2,
        },
        {
            "id": "m3", "text": "ada waves", "sent": "2023-11-14T22:16:20.000Z", "status": True, "readBy": 1,
            "fromUser": {"id": "u7", "username": "ada", "displayName": "Ada"}, "mentions": [],
        },
    ],
    "bo.json": [
        {"id": "m9", "text": "psst", "sent": "2023-11-14T22:17:20.000Z", "fromUser": {"id": "u7"}, "readBy": 0}
    ],
}  # fmt: skip

_HOST = "https://github.com/clinic/rota/"
_API = "https://api.github.com/repos/clinic/rota/"
GITHUB_REST: dict[str, object] = {
    "1-issues.json": [
        {
            "number": 17, "title": "Crash on  start", "user": {"login": "ada", "type": "User"}, "id": 900,
            "html_url": _HOST + "issues/17", "repository_url": _API[:-1], "labels": [{"name": "bug"}],
            "created_at": "2023-11-14T22:13:20Z", "updated_at": "2023-11-20T00:00:00Z", "author_association": "OWNER",
            "body": "It crashes, @bo.\n\n> not @eve\n\n`@dara` ![shot](https://github.com/clinic/rota/assets/1/a.png)",
            "comments": 2, "reactions": {"total_count": 2, "+1": 2},
        }
    ],
    "2-comments.json": [
        {
            "id": 901, "issue_url": _API + "issues/17", "html_url": _HOST + "issues/17#issuecomment-901",
            "user": {"login": "bo", "type": "User"}, "created_at": "2023-11-14T22:14:20Z", "body": "Seen.",
            "updated_at": "2023-11-14T23:14:20Z", "author_association": "MEMBER", "reactions": {"total_count": 0},
        },
        {
            "id": 902, "issue_url": _API + "issues/17", "user": {"login": "stale[bot]", "type": "Bot"},
            "created_at": "2023-12-14T22:14:20Z", "updated_at": "2023-12-14T22:14:20Z", "body": "Stale.",
        },
    ],
}  # fmt: skip
GITHUB_CLI: list[object] = [
    {
        "number": 17, "title": "Crash on start", "author": {"login": "ada", "is_bot": False, "name": "Ada"},
        "body": "It crashes.", "createdAt": "2023-11-14T22:13:20Z", "updatedAt": "2023-11-20T00:00:00Z",
        "url": _HOST + "issues/17", "labels": [{"name": "bug"}], "state": "OPEN",
        "reactionGroups": [{"content": "HEART", "users": {"totalCount": 2}}],
        "comments": [
            {
                "id": "IC_1", "author": {"login": "bo"}, "authorAssociation": "MEMBER", "body": "Seen.",
                "createdAt": "2023-11-14T22:14:20Z", "includesCreatedEdit": True, "reactionGroups": [],
                "url": _HOST + "issues/17#issuecomment-901",
            },
            {"id": "IC_2", "author": None, "body": "Gone.", "createdAt": "2023-11-14T22:15:20Z"},
        ],
    }
]  # fmt: skip
GITHUB_GRAPH: dict[str, object] = {
    "data": {
        "repository": {
            "nameWithOwner": "clinic/rota",
            "discussions": {
                "nodes": [
                    {
                        "id": "D_1", "number": 5, "title": "How to swap a shift?", "body": "I need Friday off.",
                        "author": {"login": "ada", "__typename": "User"}, "createdAt": "2023-11-14T22:13:20Z",
                        "category": {"name": "Q&A", "isAnswerable": True}, "answer": {"id": "DC_2"},
                        "answerChosenAt": "2023-11-15T00:00:00Z", "answerChosenBy": {"login": "ada"},
                        "lastEditedAt": "2023-11-14T23:00:00Z", "labels": {"nodes": [{"name": "shifts"}]},
                        "reactions": {"nodes": [{"content": "THUMBS_UP", "user": {"login": "bo"},
                                                 "createdAt": "2023-11-14T22:20:00Z"}]},
                        "comments": {
                            "nodes": [
                                {
                                    "id": "DC_1", "author": {"login": "dependabot", "__typename": "Bot"}, "body": "Hi.",
                                    "createdAt": "2023-11-14T22:14:20Z", "replies": {"nodes": []},
                                },
                                {
                                    "id": "DC_2", "author": {"login": "bo", "__typename": "User"}, "body": "Ask Dara.",
                                    "createdAt": "2023-11-14T22:15:20Z", "isAnswer": True,
                                    "replies": {"nodes": [{
                                        "id": "DC_3", "author": {"login": "ada", "__typename": "User"},
                                        "body": "Thanks @bo", "createdAt": "2023-11-14T22:16:20Z",
                                        "replyTo": {"id": "DC_2"},
                                    }]},
                                },
                            ]
                        },
                    }
                ]
            },
        }
    }
}  # fmt: skip

_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
STACK_EXCHANGE: dict[str, object] = {
    "health.example.com/Users.xml": _XML + '<users>\n  <row Id="-1" DisplayName="Community" Reputation="1" />\n'
    '  <row Id="7" DisplayName="Ada &amp; Co" />\n  <row Id="8" DisplayName="Bo" />\n</users>\n',
    "health.example.com/Posts.xml": _XML + "<posts>\n"
    '  <row Id="1" PostTypeId="1" AcceptedAnswerId="3" CreationDate="2023-11-14T22:13:20.000" Score="5" '
    'Body="&lt;p&gt;Is 3 &amp;lt; 4 &lt;em&gt;always&lt;/em&gt;?&lt;/p&gt;&#xA;" OwnerUserId="7" '
    'LastEditDate="2023-11-14T23:13:20.000" Title="What is &quot;less&quot;?" Tags="&lt;maths&gt;&lt;basics&gt;" />\n'
    '  <row Id="2" PostTypeId="5" CreationDate="2023-11-14T22:13:21.000" Body="about a tag" OwnerUserId="-1" />\n'
    '  <row Id="3" PostTypeId="2" ParentId="1" CreationDate="2023-11-14T22:14:20.000" Score="2" '
    'Body="&lt;p&gt;Yes. &lt;img src=&quot;https://i.stack.imgur.com/a.png&quot;&gt;&lt;/p&gt;" OwnerUserId="8" />\n'
    '  <row Id="4" PostTypeId="2" ParentId="1" CreationDate="2023-11-14T22:15:20.000" '
    'Body="&lt;p&gt;No.&lt;/p&gt;" OwnerDisplayName="user123" />\n'
    '  <row Id="5" PostTypeId="1" CreationDate="never" Body="" OwnerUserId="8" />\n</posts>\n',
    "health.example.com/Comments.xml": _XML + "<comments>\n"
    '  <row Id="1" PostId="3" Score="0" Text="Why &lt;b&gt;?" CreationDate="2023-11-14T22:16:20.000" UserId="7" />\n'
    "</comments>\n",
    "health.example.com/Votes.xml": _XML + "<votes>\n"
    '  <row Id="1" PostId="3" VoteTypeId="2" CreationDate="2023-11-15T00:00:00.000" />\n'
    '  <row Id="2" PostId="3" VoteTypeId="1" CreationDate="2023-11-15T00:00:00.000" />\n</votes>\n',
    "health.example.com/Badges.xml": _XML + '<badges>\n  <row Id="1" UserId="7" Name="Teacher" />\n</badges>\n',
}

MBOX = (
    b"""From ada at example.org  Tue Nov 14 22:13:20 2023
From: Ada Lovelace <Ada@Example.org>
Date: Tue, 14 Nov 2023 22:13:20 +0000
Subject: [ward] Night cover
Message-ID: <one@example.org>
List-Id: "Ward talk" <ward.lists.example.org>
Content-Type: multipart/mixed; boundary="=_b1"

--=_b1
Content-Type: multipart/alternative; boundary=b2

--b2
Content-Type: text/plain; charset=gb2312
Content-Transfer-Encoding: 8bit

"""
    + "今晚谁值班？".encode("gb2312")
    + b"""
Who covers the night shift on Friday?
>From six to six.
--b2
Content-Type: text/html; charset=utf-8

<p>ignored</p>
--b2--
--=_b1
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''r%C3%B6ta.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--=_b1--

From bo at example.org  Tue Nov 14 22:14:20 2023
From: =?utf-8?q?B=C3=B6?= <bo@example.org>
Date: Tue, 14 Nov 2023 23:14:20 +0100
Subject: Re: [ward] Night cover
Message-ID: <two@example.org>
In-Reply-To: <one@example.org>
References: <one@example.org>
List-Id: "Ward talk" <ward.lists.example.org>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

On Tue, Nov 14, 2023 at 10:13 PM Ada Lovelace wrote:
> Who covers the night shift on Friday?
I do, caf=C3=A9 first=
.
--=20
B=C3=B6

From dara at example.org  Tue Nov 14 22:15:20 2023
From: dara at example.org (Dara)
Date: Tue, 14 Nov 2023 22:15:20 +0000
Subject: RE: Night cover
Message-ID: <three@example.org>
List-Id: <ward.lists.example.org>
Content-Transfer-Encoding: base64

PiBXaG8gY292ZXJzIHRoZSBuaWdodCBzaGlmdCBvbiBGcmlkYXk/Ck9yIG1lLg==

From bo at example.org  Tue Nov 14 22:16:20 2023
From: bo@example.org
Subject: Away: Night cover
Message-ID: <four@example.org>
Auto-Submitted: auto-replied
List-Id: <ward.lists.example.org>

I am away.
"""
)

IRC: Mapping[str, str] = {
    "irssi/#ward.log": "--- Log opened Tue Nov 14 22:13:20 2023\n"
    "22:13 -!- ada [~ada@example.org] has joined #ward\n"
    "22:13 < ada> bo: who covers?\n"
    "22:14 <@bo> I do\n"
    "22:14  * bo waves\n"
    "22:15 -!- bo is now known as bo_away\n"
    "22:15 -!- mode/#ward [+o bo_away] by ChanServ\n"
    "--- Day changed Wed Nov 15 2023\n"
    "00:01 < bo_away> ada: done\n"
    "00:02 -!- ada [~ada@example.org] has quit [Ping timeout]\n"
    "00:03 -!- eve was kicked from #ward by bo_away [spam]\n",
    "weechat/irc.libera.#ward.weechatlog": "2023-11-14 22:13:20\t-->\tada (~ada@example.org) has joined #ward\n"
    "2023-11-14 22:13:21\tada\tbo: who covers?\n"
    "2023-11-14 22:14:22\t@bo\tI do\n"
    "2023-11-14 22:14:23\t *\tbo waves\n"
    "2023-11-14 22:15:24\t--\tbo is now known as bo_away\n"
    "2023-11-15 00:01:25\tbo_away\tada: done\n"
    "2023-11-15 00:02:26\t<--\tada (~ada@example.org) has quit (Ping timeout)\n"
    "2023-11-15 00:03:27\t<--\tbo_away has kicked eve (spam)\n",
    "znc/#ward/2023-11-14.log": "[22:13:20] *** Joins: ada (~ada@example.org)\n"
    "[22:13:21] <ada> bo: who covers?\n"
    "[22:14:22] <bo> I do\n"
    "[22:14:23] * bo waves\n"
    "[22:15:24] *** bo is now known as bo_away\n"
    "[00:01:25] <bo_away> ada: done\n"
    "[00:02:26] *** Quits: ada (~ada@example.org) (Ping timeout)\n"
    "[00:03:27] *** eve was kicked by bo_away (spam)\n",
    "mirc/#ward.log": "Session Start: Tue Nov 14 22:13:20 2023\nSession Ident: #ward\n"
    "[22:13] * ada (~ada@example.org) has joined #ward\n"
    "[22:13] <ada> \x02bo\x02: who \x0304,01covers\x03?\n"
    "[22:14] <@bo> I do\n"
    "[22:14] * bo waves\n"
    "[22:15] * bo is now known as bo_away\n"
    "Session Time: Wed Nov 15 00:00:00 2023\n"
    "[00:01] <bo_away> ada: done\n"
    "[00:02] * ada (~ada@example.org) Quit (Ping timeout)\n"
    "[00:03] * eve was kicked by bo_away (spam)\n"
    "Session Close: Wed Nov 15 00:04:00 2023\n",
    "hexchat/Libera-#ward.log": "**** BEGIN LOGGING AT Tue Nov 14 22:13:20 2023\n\n"
    "Nov 14 22:13:20 *\tada (~ada@example.org) has joined #ward\n"
    "Nov 14 22:13:21 <ada>\tbo: who covers?\n"
    "Nov 14 22:14:22 <bo>\tI do\n"
    "Nov 14 22:14:23 *\tbo waves\n"
    "Nov 14 22:15:24 *\tbo is now known as bo_away\n"
    "Nov 15 00:01:25 <bo_away>\tada: done\n"
    "Nov 15 00:02:26 *\tada has quit (Ping timeout)\n"
    "Nov 15 00:03:27 *\tbo_away has kicked eve from #ward (spam)\n"
    "**** ENDING LOGGING AT Wed Nov 15 00:04:00 2023\n",
    "energymech/#ward_20231114.log": "[22:13:20] *** Joins: ada (~ada@example.org)\n"
    "[22:13:21] <ada> bo: who covers?\n"
    "[22:14:22] <bo> I do\n"
    "[22:14:23] * bo waves\n"
    "[22:15:24] *** bo is now known as bo_away\n"
    "[00:01:25] <bo_away> ada: done\n"
    "[00:02:26] *** Quits: ada (~ada@example.org) (Ping timeout)\n"
    "[00:03:27] *** eve was kicked by bo_away (spam)\n",
    "public/2023/11/14/#ward.txt": "[22:13] === ada [~ada@example.org] has joined #ward\n"
    "[22:13] <ada> bo: who covers?\n"
    "[22:14] <bo> I do\n"
    "=== bo waves\n"
    "=== bo is now known as bo_away\n"
    "[00:01] <bo_away> ada: done\n"
    "=== ada [~ada@example.org] has quit [Ping timeout]\n"
    "=== eve was kicked off #ward by bo_away (spam)\n",
}

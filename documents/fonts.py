"""Typefaces of formal documents (GB/T 9704) and the check that says when 仿宋 is missing."""

import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, register

# The user's licensed faces first, then the system's, then the free Fandol family, then Noto.
BIAO_SONG = (
    "方正小标宋简体",
    "FZXiaoBiaoSong-B05S",
    "方正小标宋_GBK",
    "FZXiaoBiaoSong-B05",
    "STZhongsong",
    "FandolSong",
    "Noto Serif CJK SC",
)
FANG_SONG = (
    "仿宋_GB2312",
    "FangSong_GB2312",
    "仿宋",
    "FangSong",
    "STFangsong",
    "FandolFang",
    "FandolFang R",
    "Noto Serif CJK SC",
)
KAI = (
    "楷体_GB2312",
    "KaiTi_GB2312",
    "楷体",
    "KaiTi",
    "STKaiti",
    "FandolKai",
    "AR PL UKai CN",
    "Noto Serif CJK SC",
)
HEI = ("黑体", "SimHei", "STHeiti", "FandolHei", "Noto Sans CJK SC")
SONG = ("宋体", "SimSun", "STSong", "FandolSong", "Noto Serif CJK SC")
STACKS = {"biao_song": BIAO_SONG, "fang_song": FANG_SONG, "kai": KAI, "hei": HEI, "song": SONG}

# Files looked for in settings.DOCUMENT_FONTS: (file, family, weight). Licensed files may be put there too.
FILES = (
    ("FandolFang-Regular.otf", "FandolFang", 400),
    ("FandolKai-Regular.otf", "FandolKai", 400),
    ("FandolHei-Regular.otf", "FandolHei", 400),
    ("FandolSong-Regular.otf", "FandolSong", 400),
    ("FandolSong-Bold.otf", "FandolSong", 700),
    ("FZXBSJW.TTF", "FZXiaoBiaoSong-B05S", 700),
    ("simfang.ttf", "FangSong", 400),
    ("simkai.ttf", "KaiTi", 400),
    ("simhei.ttf", "SimHei", 400),
)


def stacks() -> dict[str, str]:
    """CSS font-family values by role: biao_song, fang_song, kai, hei, song."""
    return {
        role: ", ".join(f'"{family}"' for family in families) + ", serif" for role, families in STACKS.items()
    }


def local_faces() -> list[tuple[Path, str, int]]:
    """Font files lying in settings.DOCUMENT_FONTS: (path, family, weight)."""
    folder = Path(settings.DOCUMENT_FONTS)
    return [(folder / name, family, weight) for name, family, weight in FILES if (folder / name).is_file()]


def installed_families() -> set[str]:
    """Font families fontconfig knows; empty where fc-list is not installed."""
    try:
        listing = subprocess.run(
            ["fc-list", ":", "family"], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return set()
    return {name.strip() for line in listing.stdout.splitlines() for name in line.split(",")}


def has_fang_song() -> bool:
    """Whether any 仿宋 of the stack is at hand (the last entry, Noto Serif, is 宋体 and does not count)."""
    wanted = set(FANG_SONG[:-1])
    return bool(wanted & {family for _, family, _ in local_faces()}) or bool(wanted & installed_families())


@register("fonts")
def check_fang_song(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say when documents would be set in 宋体 for want of 仿宋 (GB/T 9704 §5.2.2).

    An Info, not a Warning: pages still render with Noto, and `check --fail-level WARNING` is part of
    `make lint`, which must pass on machines (CI) that have no reason to hold office fonts.
    """
    if has_fang_song():
        return []
    return [
        Info(
            "缺少仿宋字体，公文正文将以宋体代替。",
            hint="安装 仿宋_GB2312（须自备授权）或 Fandol 字体，也可将字体文件放入 DOCUMENT_FONTS 所指目录。",
            id="documents.I001",
        )
    ]

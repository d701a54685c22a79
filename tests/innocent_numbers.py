"""Numbers that are nobody's: days, amounts, hotlines, order numbers, tables. None may be masked."""

from __future__ import annotations

import random


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _day(chance: random.Random) -> str:
    year, month, day = chance.randint(1990, 2030), chance.randint(1, 12), chance.randint(1, 28)
    form = chance.choice(
        ("{}-{:02d}-{:02d}", "{}年{}月{}日", "{}/{}/{}", "{}.{}.{}", "{}{:02d}{:02d}")
    )
    return form.format(year, month, day)


def _hour(chance: random.Random) -> str:
    return f"{chance.randint(0, 23):02d}{chance.choice((':', '：'))}{chance.randint(0, 59):02d}"


def _amount(chance: random.Random) -> str:
    whole = chance.randint(1, 99_999_999_999)
    return chance.choice((f"{whole:,}", str(chance.randint(1, 9_999_999)), f"{whole / 100:,.2f}"))


def _table(chance: random.Random) -> str:
    separator = chance.choice((" ", ", ", "、", "\t", "，", "\n", " | ", "；"))
    return separator.join(
        str(chance.randint(0, 10 ** chance.randint(1, 5))) for _ in range(chance.randint(3, 12))
    )


SAID = (
    lambda c: f"{_day(c)} {_hour(c)}至{_hour(c)}停电",
    lambda c: f"{_day(c)} {_hour(c)}-{_day(c)} {_hour(c)}",
    lambda c: f"营业时间{_hour(c)}-{_hour(c)}，{_hour(c)}-{_hour(c)}",
    lambda c: f"金额{_amount(c)}元，同比增长{c.randint(1, 300)}.{_digits(c, 2)}%",
    lambda c: f"拨打{c.choice(['110', '119', '120', '122', '12345', '12315', '12320', '12329', '12377', '95598', '96110', '10086', '10010', '95588'])}",
    lambda c: f"热线400-{_digits(c, 3)}-{_digits(c, 4)}或800-{_digits(c, 3)}-{_digits(c, 4)}",
    lambda c: f"ISBN 978-7-{_digits(c, 4)}-{_digits(c, 4)}-{_digits(c, 1)}",
    lambda c: f"快递单号{c.choice(['SF', 'YT', 'ZTO', 'JD', 'EMS'])}{_digits(c, c.choice([12, 13, 15]))}",
    lambda c: f"订单号{c.choice('2345')}{_digits(c, 18)}",
    lambda c: f"订单{_day(c).replace('-', '')[:4]}{_digits(c, 16)}",
    lambda c: f"见 https://www.{c.choice(['nhc', 'zj', 'cma', 'mem'])}.gov.cn/art/2026/{c.randint(1, 12)}/{c.randint(1, 28)}/art_1{_digits(c, 9)}_1{c.choice('3456789')}{_digits(c, 9)}.html",
    lambda c: f"统计表：{_table(c)}",
    lambda c: f"比分{c.randint(0, 9)}:{c.randint(0, 9)}，{c.randint(0, 120)}:{c.randint(0, 120)}，{c.randint(0, 120)}比{c.randint(0, 120)}",
    lambda c: f"北纬{c.randint(18, 53)}.{_digits(c, 4)}°，东经{c.randint(73, 135)}.{_digits(c, 4)}°",
    lambda c: f"GB {c.randint(1000, 39999)}-{c.randint(1990, 2026)}、GB/T {c.randint(1000, 39999)}.{c.randint(1, 9)}-20{c.randint(10, 26)}",
    lambda c: f"版本{c.randint(1, 20)}.{c.randint(0, 99)}.{c.randint(0, 9999)}.{c.randint(0, 99999)}",
    lambda c: f"地址192.168.{c.randint(0, 255)}.{c.randint(0, 255)}:{c.randint(1000, 65535)}",
    lambda c: f"国药准字H{_digits(c, 8)}，批号{_digits(c, 8)}，有效期至{_day(c)}",
    lambda c: f"统一社会信用代码91330{_digits(c, 3)}MA{_digits(c, 1)}{c.choice('ABCDEFG')}{_digits(c, 6)}",
    lambda c: f"〔20{c.randint(10, 26)}〕{c.randint(1, 300)}号，第{c.randint(1, 99)}条第{c.randint(1, 9)}款",
    lambda c: f"G{c.randint(1, 9999)}次{_hour(c)}开，{c.randint(1, 16)}车{c.randint(1, 20)}{c.choice('ABCDF')}",
    lambda c: f"航班{c.choice(['CA', 'MU', 'CZ', 'HU'])}{_digits(c, 4)}，{_hour(c)}起飞",
    lambda c: f"一、{c.choice('二三四五六')}个；三、{c.randint(1, 900)}户；五、{c.randint(1, 9000)}人",
    lambda c: f"1. {c.randint(1, 99)}例 2. {c.randint(1, 99)}例 3. {c.randint(1, 999)}例",
    lambda c: f"确诊{c.randint(1, 99999)}例、疑似{c.randint(1, 99999)}例、治愈{c.randint(1, 99999)}例",
    lambda c: f"π=3.{_digits(c, 12)}，0.{_digits(c, 10)}",
    lambda c: f"{c.randint(1, 40)}栋{c.randint(1, 9)}单元{c.randint(101, 3302)}室，{c.randint(1, 40)}-{c.randint(1, 9)}-{c.randint(101, 3302)}",
    lambda c: f"电脑型号RTX {c.randint(1000, 5090)}、{c.choice('ABC')}{_digits(c, 4)}、iPhone {c.randint(11, 17)}",
    lambda c: f"股票{c.choice(['6', '0', '3'])}0{_digits(c, 4)}，代码{_digits(c, 6)}，收{c.randint(1, 99)}.{_digits(c, 2)}",
    lambda c: f"车费{c.randint(1, 99)}元/{c.randint(1, 99)}公里，{c.randint(1, 99)}/{c.randint(1, 99)}/{c.randint(1, 99)}",
    lambda c: f"{c.randint(1, 9)}月{c.randint(1, 28)}日、{c.randint(1, 9)}月{c.randint(1, 28)}日、{_day(c)}",
    lambda c: f"邮编{_digits(c, 6)}，邮箱号{_digits(c, 5)}",
    lambda c: f"新A股{c.randint(1000, 9999)}点，川A2012年，浙江省{c.randint(1, 99)}例，云V{c.randint(1, 9)}.{c.randint(0, 9)}",
    lambda c: f"浙B****、{c.randint(1, 9)}人受伤，赔{c.randint(1, 9)}{_digits(c, 4)}元",
    lambda c: f"航班{c.choice(['CA', 'MU', 'HU'])} {_digits(c, 4)}，换乘机场大巴车；早高峰列车C{_digits(c, 4)}次停运",
    lambda c: f"新车{c.choice(['CS', 'RX', 'GT'])} {c.randint(10, 999)}汽车召回{c.randint(100, 99999)}辆，执行GB {c.randint(1000, 39999)}-2018",
    lambda c: f"宁波车牌摇号编号{_digits(c, 13)}，发出{c.randint(1000, 99999)}副，号牌{c.randint(2000, 2030)}年启用",
    lambda c: f"领取{_digits(c, 6)}领取，川{_digits(c, 6)}领先，拖拉机补贴{c.randint(1000, 99999)}元",
    lambda c: f"使用{_digits(c, 6)}次，大使{_digits(c, 6)}，{_digits(c, 6)}使用者",
    lambda c: f"{_digits(c, 1)}{_digits(c, 1)}分钟，{_table(c)}人",
    lambda c: f"一九{c.choice('三四五六七八九')}{c.choice('一二三四五六七八九')}年，二〇二{c.choice('一二三四五六')}年{c.choice('一二三四五六七八九')}月",
    lambda c: f"彩票号码{c.randint(1, 33):02d} {c.randint(1, 33):02d} {c.randint(1, 33):02d} {c.randint(1, 33):02d} {c.randint(1, 33):02d} {c.randint(1, 33):02d} + {c.randint(1, 16):02d}",
)  # fmt: skip


def said(chance: random.Random) -> str:
    """A sentence with numbers of nobody."""
    return chance.choice(SAID)(chance)

"""Word lists behind ``places``: what is no place, and where a proper name begins."""

from __future__ import annotations

# tagged as places in the dictionary, but mostly something else in posts
_NOT_PLACES = """
中国 美国 城市 东西 外国 全国 英雄 太阳 朝廷 爱国 平原 地球 世界 国内 国外 亚洲 欧洲 天堂
国家 地方 东方 西方 南方 北方 东北 西北 西南 东南 华北 华东 华南 自治州 天安门城楼 西部 东部
中部 南部 北部 长安 江南 大陆 西 东 南 北 中原 朝阳 和平 解放 团结 光明 胜利 长寿 平安 新城
老城 老家 故乡 家乡 农村 乡村 市区 城区 郊区 山区 银河 月球 火星 人间 长城 黄河 长江 高原
盆地 沿海 外地 本地 当地 境外 内地 市场 广场 公园 机场 车站 大桥 高速 南极 北极 中华
中华人民共和国 苏联 东京 宝山 青山 永远 永安 文明 幸福 兴隆 保安 高升 新华 红旗 凤凰 大方
同心 安定 和顺 方正 通道 通海 宁静 静安 思明 开平 太平 安康 延长 富裕 勃利 安化 双城 图们
长治 同江 神木 绥化 德 英 法 美 朝 香 河 湖 云 青 京 南北 海关 泰 象山 平凉 神州 三江 镇内
鸭嘴龙 台次 中尺度 香樟 伊斯 七星 东门 西门 南门 北门 小镇 大院 江湖 牛头山 故宫 金门 大海
海边 山上 桃源 大街 东路 西路 南路 北路 上市 西区 东区 南区 北区 新旧 一棵树 北京地区 街口
路口 铁路 公路 马路 大同 白银 来宾 日照 阿里 安顺 三明 海北
"""
NOT_PLACES = frozenset(_NOT_PLACES.split())

# parts of speech that end a proper name to its left: verbs, prepositions, pronouns, particles
_STOP_TAGS = """
v vd vi vg p r rr rz c cc u uj ul uz ud uv y d zg f q a ad e o k z i l m mq
"""
STOP_TAGS = frozenset(_STOP_TAGS.split())

# words that do so
_STOP_WORDS = """
的 了 在 到 去 从 被 送 往 把 和 与 及 是 有 于 进 我 我们 他 她 你 这 那 某 一 个 家 所 各
全 该 本 车 人 说 等 名 都 就 也 还 看 两 几 多 让 给 对 地 得 着 过 里 后 前 今天 昨天 明天
今晚 昨晚 上午 下午 晚上 凌晨 现在 目前 附近 紧急 通知 扩散 转发 网友 大家 很多 所有 有人
发生 出现 多少 一名 一家 一盒 千百个 女 男 孩子 部分 岁 法律 考点 律师团 吃 某些 有些 我校 贵
超 病人 患者 领队
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# words that do not, whatever their part of speech: 人民 医院, 第一 中学
_NAME_WORDS = """
人民 中心 第一 第二 第三 第四 第五 第六 第七 第八 附属 儿童 妇幼 协和 中医 实验 外国语 师范
职业 技术 理工 红十字 肿瘤 口腔 骨科 总 大学 医学院 市 县 区 省 镇 乡 村 东 西 南 北 中 新 老
大 小 一 二 三 四 五 六
"""
NAME_WORDS = frozenset(_NAME_WORDS.split())

"""What instance types have: vCPUs, memory, GPUs.

Source: DescribeInstanceTypes, as moto carries its answer (https://github.com/getmoto/moto,
moto/ec2/resources/instance_types.json.gz); older GPU instances by
https://docs.aws.amazon.com/ec2/latest/instancetypes/pg.html. Types that neither has are left out.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from batchemu.core.instance_types import BUNDLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# --- sizes: written by scripts/instance_types.py
_SIZES: Final = """
a1: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 metal=16/32768
c1: medium=2/1740 xlarge=8/7168
c3: large=2/3840 xlarge=4/7680 2xlarge=8/15360 4xlarge=16/30720 8xlarge=32/61440
c4: large=2/3840 xlarge=4/7680 2xlarge=8/15360 4xlarge=16/30720 8xlarge=36/61440
c5: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 9xlarge=36/73728 12xlarge=48/98304
  18xlarge=72/147456 24xlarge=96/196608 metal=96/196608
c5a: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608
c5ad: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608
c5d: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 9xlarge=36/73728 12xlarge=48/98304
  18xlarge=72/147456 24xlarge=96/196608 metal=96/196608
c5n: large=2/5376 xlarge=4/10752 2xlarge=8/21504 4xlarge=16/43008 9xlarge=36/98304 18xlarge=72/196608
  metal=72/196608
c6a: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608 32xlarge=128/262144 48xlarge=192/393216 metal=192/393216
c6g: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 metal=64/131072
c6gd: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 metal=64/131072
c6gn: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072
c6i: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608 32xlarge=128/262144 metal=128/262144
c6id: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608 32xlarge=128/262144 metal=128/262144
c6in: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608 32xlarge=128/262144 metal=128/262144
c7a: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 24xlarge=96/196608 32xlarge=128/262144 48xlarge=192/393216
  metal-48xl=192/393216
c7g: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 metal=64/131072
c7gd: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 metal=64/131072
c7gn: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 metal=64/131072
c7i: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608 metal-24xl=96/196608 48xlarge=192/393216 metal-48xl=192/393216
c7i-flex: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072
c8a: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 24xlarge=96/196608 metal-24xl=96/196608 48xlarge=192/393216
  metal-48xl=192/393216
c8g: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 24xlarge=96/196608 metal-24xl=96/196608 48xlarge=192/393216
  metal-48xl=192/393216
c8gb: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 24xlarge=96/196608 metal-24xl=96/196608 48xlarge=192/393216
  metal-48xl=192/393216
c8gd: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 24xlarge=96/196608 metal-24xl=96/196608 48xlarge=192/393216
  metal-48xl=192/393216
c8gn: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 24xlarge=96/196608 metal-24xl=96/196608 48xlarge=192/393216
  metal-48xl=192/393216
c8i: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608 32xlarge=128/262144 48xlarge=192/393216 metal-48xl=192/393216
  96xlarge=384/786432 metal-96xl=384/786432
c8i-flex: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072
c8ib: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608 32xlarge=128/262144 48xlarge=192/393216 metal-48xl=192/393216
  96xlarge=384/786432 metal-96xl=384/786432
c8id: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608 32xlarge=128/262144 48xlarge=192/393216 metal-48xl=192/393216
  96xlarge=384/786432 metal-96xl=384/786432
c8in: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
  16xlarge=64/131072 24xlarge=96/196608 32xlarge=128/262144 48xlarge=192/393216 metal-48xl=192/393216
  96xlarge=384/786432 metal-96xl=384/786432
c8ine: large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536 12xlarge=48/98304
c9g: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 24xlarge=96/196608 48xlarge=192/393216 metal-48xl=192/393216
c9gd: medium=1/2048 large=2/4096 xlarge=4/8192 2xlarge=8/16384 4xlarge=16/32768 8xlarge=32/65536
  12xlarge=48/98304 16xlarge=64/131072 24xlarge=96/196608 48xlarge=192/393216 metal-48xl=192/393216
d2: xlarge=4/31232 2xlarge=8/62464 4xlarge=16/124928 8xlarge=36/249856
d3: xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
d3en: xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 6xlarge=24/98304 8xlarge=32/131072 12xlarge=48/196608
dl2q: 24xlarge=96/786432
f2: 6xlarge=24/262144 12xlarge=48/524288 48xlarge=192/2097152
g2: 2xlarge=8/15360/1 8xlarge=32/61440/4
g3: 4xlarge=16/124928/1 8xlarge=32/249856/2 16xlarge=64/499712/4
g3s: xlarge=4/31232/1
g4dn: xlarge=4/16384/1 2xlarge=8/32768/1 4xlarge=16/65536/1 8xlarge=32/131072/1 12xlarge=48/196608/4
  16xlarge=64/262144/1 metal=96/393216/8
g5: xlarge=4/16384/1 2xlarge=8/32768/1 4xlarge=16/65536/1 8xlarge=32/131072/1 12xlarge=48/196608/4
  16xlarge=64/262144/1 24xlarge=96/393216/4 48xlarge=192/786432/8
g5g: xlarge=4/8192/1 2xlarge=8/16384/1 4xlarge=16/32768/1 8xlarge=32/65536/1 16xlarge=64/131072/2
  metal=64/131072/2
g6: xlarge=4/16384/1 2xlarge=8/32768/1 4xlarge=16/65536/1 8xlarge=32/131072/1 12xlarge=48/196608/4
  16xlarge=64/262144/1 24xlarge=96/393216/4 48xlarge=192/786432/8
g6e: xlarge=4/32768/1 2xlarge=8/65536/1 4xlarge=16/131072/1 8xlarge=32/262144/1 12xlarge=48/393216/4
  16xlarge=64/524288/1 24xlarge=96/786432/4 48xlarge=192/1572864/8
g6f: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536
g7: 2xlarge=8/32768/1 4xlarge=16/65536/1 8xlarge=32/131072/1 12xlarge=48/196608/2 24xlarge=96/393216/4
  48xlarge=192/786432/8
g7e: 2xlarge=8/65536/1 4xlarge=16/131072/1 8xlarge=32/262144/1 12xlarge=48/524288/2 24xlarge=96/1048576/4
  48xlarge=192/2097152/8
gr6: 4xlarge=16/131072/1 8xlarge=32/262144/1
gr6f: 4xlarge=16/131072
h1: 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 16xlarge=64/262144
hpc6a: 48xlarge=96/393216
hpc6id: 32xlarge=64/1048576
hpc7a: 12xlarge=24/786432 24xlarge=48/786432 48xlarge=96/786432 96xlarge=192/786432
hpc7g: 4xlarge=16/131072 8xlarge=32/131072 16xlarge=64/131072
hpc8a: 96xlarge=192/786432
i2: xlarge=4/31232 2xlarge=8/62464 4xlarge=16/124928 8xlarge=32/249856
i3: large=2/15616 xlarge=4/31232 2xlarge=8/62464 4xlarge=16/124928 8xlarge=32/249856 16xlarge=64/499712
i3en: large=2/16384 xlarge=4/32768 2xlarge=8/65536 3xlarge=12/98304 6xlarge=24/196608 12xlarge=48/393216
  24xlarge=96/786432 metal=96/786432
i4g: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 16xlarge=64/524288
i4i: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 metal=128/1048576
i7i: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864 metal-48xl=192/1572864
i7ie: large=2/16384 xlarge=4/32768 2xlarge=8/65536 3xlarge=12/98304 6xlarge=24/196608 12xlarge=48/393216
  18xlarge=72/589824 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864 metal-48xl=192/1572864
i8g: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864 metal-48xl=192/1572864
i8ge: large=2/16384 xlarge=4/32768 2xlarge=8/65536 3xlarge=12/98304 6xlarge=24/196608 12xlarge=48/393216
  18xlarge=72/589824 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864 metal-48xl=192/1572864
im4gn: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 16xlarge=64/262144
inf1: xlarge=4/8192 2xlarge=8/16384 6xlarge=24/49152 24xlarge=96/196608
inf2: xlarge=4/16384 8xlarge=32/131072 24xlarge=96/393216 48xlarge=192/786432
is4gen: medium=1/6144 large=2/12288 xlarge=4/24576 2xlarge=8/49152 4xlarge=16/98304 8xlarge=32/196608
m1: small=1/1740 medium=1/3788 large=2/7680 xlarge=4/15360
m2: xlarge=2/17510 2xlarge=4/35020 4xlarge=8/70041
m3: medium=1/3840 large=2/7680 xlarge=4/15360 2xlarge=8/30720
m4: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 10xlarge=40/163840 16xlarge=64/262144
m5: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 metal=96/393216
m5a: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216
m5ad: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216
m5d: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 metal=96/393216
m5dn: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 metal=96/393216
m5n: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 metal=96/393216
m5zn: large=2/8192 xlarge=4/16384 2xlarge=8/32768 3xlarge=12/49152 6xlarge=24/98304 12xlarge=48/196608
  metal=48/196608
m6a: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 48xlarge=192/786432 metal=192/786432
m6g: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 metal=64/262144
m6gd: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 metal=64/262144
m6i: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 metal=128/524288
m6id: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 metal=128/524288
m6idn: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 metal=128/524288
m6in: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 metal=128/524288
m7a: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 48xlarge=192/786432
  metal-48xl=192/786432
m7g: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 metal=64/262144
m7gd: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 metal=64/262144
m7i: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 metal-24xl=96/393216 48xlarge=192/786432 metal-48xl=192/786432
m7i-flex: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144
m8a: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 24xlarge=96/393216 metal-24xl=96/393216 48xlarge=192/786432
  metal-48xl=192/786432
m8azn: medium=1/4096 large=2/8192 xlarge=4/16384 3xlarge=12/49152 6xlarge=24/98304 12xlarge=48/196608
  metal-12xl=48/196608 24xlarge=96/393216 metal-24xl=96/393216
m8g: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 24xlarge=96/393216 metal-24xl=96/393216 48xlarge=192/786432
  metal-48xl=192/786432
m8gb: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 24xlarge=96/393216 metal-24xl=96/393216 48xlarge=192/786432
  metal-48xl=192/786432
m8gd: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 24xlarge=96/393216 metal-24xl=96/393216 48xlarge=192/786432
  metal-48xl=192/786432
m8gn: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 24xlarge=96/393216 metal-24xl=96/393216 48xlarge=192/786432
  metal-48xl=192/786432
m8i: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 48xlarge=192/786432 metal-48xl=192/786432
  96xlarge=384/1572864 metal-96xl=384/1572864
m8i-flex: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144
m8ib: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 48xlarge=192/786432 metal-48xl=192/786432
  96xlarge=384/1572864 metal-96xl=384/1572864
m8id: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 48xlarge=192/786432 metal-48xl=192/786432
  96xlarge=384/1572864 metal-96xl=384/1572864
m8idb: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 48xlarge=192/786432 metal-48xl=192/786432
  96xlarge=384/1572864 metal-96xl=384/1572864
m8idn: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 48xlarge=192/786432 metal-48xl=192/786432
  96xlarge=384/1572864 metal-96xl=384/1572864
m8in: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
  16xlarge=64/262144 24xlarge=96/393216 32xlarge=128/524288 48xlarge=192/786432 metal-48xl=192/786432
  96xlarge=384/1572864 metal-96xl=384/1572864
m8ine: large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072 12xlarge=48/196608
m9g: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 24xlarge=96/393216 48xlarge=192/786432 metal-48xl=192/786432
m9gd: medium=1/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768 4xlarge=16/65536 8xlarge=32/131072
  12xlarge=48/196608 16xlarge=64/262144 24xlarge=96/393216 48xlarge=192/786432 metal-48xl=192/786432
mac-m3ultra: metal=28/262144
mac-m4: metal=10/24576
mac-m4max: metal=16/131072
mac-m4pro: metal=14/49152
mac1: metal=12/32768
mac2: metal=8/16384
mac2-m1ultra: metal=20/131072
mac2-m2: metal=8/24576
mac2-m2pro: metal=12/32768
p2: xlarge=4/62464/1 8xlarge=32/499712/8 16xlarge=64/749568/16
p3: 2xlarge=8/62464/1 8xlarge=32/249856/4 16xlarge=64/499712/8
p3dn: 24xlarge=96/786432/8
p4d: 24xlarge=96/1179648/8
p4de: 24xlarge=96/1179648/8
p5: 4xlarge=16/262144/1 48xlarge=192/2097152/8
p5e: 48xlarge=192/2097152/8
p5en: 48xlarge=192/2097152/8
p6-b200: 48xlarge=192/2097152/8
p6-b300: 48xlarge=192/4194304/8
r3: large=2/15360 xlarge=4/31232 2xlarge=8/62464 4xlarge=16/124928 8xlarge=32/249856
r4: large=2/15616 xlarge=4/31232 2xlarge=8/62464 4xlarge=16/124928 8xlarge=32/249856 16xlarge=64/499712
r5: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 metal=96/786432
r5a: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432
r5ad: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432
r5b: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 metal=96/786432
r5d: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 metal=96/786432
r5dn: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 metal=96/786432
r5n: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 metal=96/786432
r6a: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 48xlarge=192/1572864 metal=192/1572864
r6g: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 metal=64/524288
r6gd: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 metal=64/524288
r6i: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 metal=128/1048576
r6id: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 metal=128/1048576
r6idn: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 metal=128/1048576
r6in: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 metal=128/1048576
r7a: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 48xlarge=192/1572864
  metal-48xl=192/1572864
r7g: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 metal=64/524288
r7gd: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 metal=64/524288
r7i: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864 metal-48xl=192/1572864
r7iz: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 metal-16xl=64/524288 32xlarge=128/1048576 metal-32xl=128/1048576
r8a: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864
  metal-48xl=192/1572864
r8g: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864
  metal-48xl=192/1572864
r8gb: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864
  metal-48xl=192/1572864
r8gd: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864
  metal-48xl=192/1572864
r8gn: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 24xlarge=96/786432 metal-24xl=96/786432 48xlarge=192/1572864
  metal-48xl=192/1572864
r8i: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 48xlarge=192/1572864 metal-48xl=192/1572864
  96xlarge=384/3145728 metal-96xl=384/3145728
r8i-flex: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288
r8ib: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 48xlarge=192/1572864 metal-48xl=192/1572864
  96xlarge=384/3145728 metal-96xl=384/3145728
r8id: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 48xlarge=192/1572864 metal-48xl=192/1572864
  96xlarge=384/3145728 metal-96xl=384/3145728
r8idb: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 48xlarge=192/1572864 metal-48xl=192/1572864
  96xlarge=384/3145728 metal-96xl=384/3145728
r8idn: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 48xlarge=192/1572864 metal-48xl=192/1572864
  96xlarge=384/3145728 metal-96xl=384/3145728
r8in: large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144 12xlarge=48/393216
  16xlarge=64/524288 24xlarge=96/786432 32xlarge=128/1048576 48xlarge=192/1572864 metal-48xl=192/1572864
  96xlarge=384/3145728 metal-96xl=384/3145728
r9g: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 24xlarge=96/786432 48xlarge=192/1572864 metal-48xl=192/1572864
r9gd: medium=1/8192 large=2/16384 xlarge=4/32768 2xlarge=8/65536 4xlarge=16/131072 8xlarge=32/262144
  12xlarge=48/393216 16xlarge=64/524288 24xlarge=96/786432 48xlarge=192/1572864 metal-48xl=192/1572864
t1: micro=1/627
t2: nano=1/512 micro=1/1024 small=1/2048 medium=2/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768
t3: nano=2/512 micro=2/1024 small=2/2048 medium=2/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768
t3a: nano=2/512 micro=2/1024 small=2/2048 medium=2/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768
t4g: nano=2/512 micro=2/1024 small=2/2048 medium=2/4096 large=2/8192 xlarge=4/16384 2xlarge=8/32768
t8i: nano=2/512 micro=2/1024 small=2/2048 medium=2/4096
trn1: 2xlarge=8/32768 32xlarge=128/524288
trn1n: 32xlarge=128/524288
trn2: 3xlarge=12/131072 48xlarge=192/2097152
trn2u: 48xlarge=192/2097152
u-3tb1: 56xlarge=224/3145728
u-6tb1: 56xlarge=224/6291456 112xlarge=448/6291456
u7i-12tb: 224xlarge=896/12582912
u7i-6tb: 112xlarge=448/6291456
u7i-8tb: 112xlarge=448/8388608
u7in-16tb: 224xlarge=896/16777216
u7in-24tb: 224xlarge=896/25165824
u7in-32tb: 224xlarge=896/33554432
vt1: 3xlarge=12/24576 6xlarge=24/49152 24xlarge=96/196608
x1: 16xlarge=64/999424 32xlarge=128/1998848
x1e: xlarge=4/124928 2xlarge=8/249856 4xlarge=16/499712 8xlarge=32/999424 16xlarge=64/1998848
  32xlarge=128/3997696
x2gd: medium=1/16384 large=2/32768 xlarge=4/65536 2xlarge=8/131072 4xlarge=16/262144 8xlarge=32/524288
  12xlarge=48/786432 16xlarge=64/1048576 metal=64/1048576
x2idn: 16xlarge=64/1048576 24xlarge=96/1572864 32xlarge=128/2097152 metal=128/2097152
x2iedn: xlarge=4/131072 2xlarge=8/262144 4xlarge=16/524288 8xlarge=32/1048576 16xlarge=64/2097152
  24xlarge=96/3145728 32xlarge=128/4194304 metal=128/4194304
x2iezn: 2xlarge=8/262144 4xlarge=16/524288 6xlarge=24/786432 8xlarge=32/1048576 12xlarge=48/1572864
  metal=48/1572864
x8aedz: large=2/65536 xlarge=4/131072 3xlarge=12/393216 6xlarge=24/786432 12xlarge=48/1572864
  metal-12xl=48/1572864 24xlarge=96/3145728 metal-24xl=96/3145728
x8g: medium=1/16384 large=2/32768 xlarge=4/65536 2xlarge=8/131072 4xlarge=16/262144 8xlarge=32/524288
  12xlarge=48/786432 16xlarge=64/1048576 24xlarge=96/1572864 metal-24xl=96/1572864 48xlarge=192/3145728
  metal-48xl=192/3145728
x8i: large=2/32768 xlarge=4/65536 2xlarge=8/131072 4xlarge=16/262144 8xlarge=32/524288 12xlarge=48/786432
  16xlarge=64/1048576 24xlarge=96/1572864 32xlarge=128/2097152 48xlarge=192/3145728 metal-48xl=192/3145728
  64xlarge=256/4194304 96xlarge=384/6291456 metal-96xl=384/6291456
z1d: large=2/16384 xlarge=4/32768 2xlarge=8/65536 3xlarge=12/98304 6xlarge=24/196608 12xlarge=48/393216
  metal=48/393216
"""
# --- end of sizes


class Size(NamedTuple):
    """What the jobs on an instance can have together."""

    vcpus: int
    memory_mib: int
    gpus: int

    def holds(self, vcpus: float, memory_mib: int, gpus: int) -> bool:
        """Whether a job fits on an empty instance."""
        return vcpus <= self.vcpus and memory_mib <= self.memory_mib and gpus <= self.gpus


_REGISTERED: Final = 7985 / 8192
_RESERVED_MIB: Final = 32


def _available(nominal_mib: int) -> int:
    """Part of an instance's memory is not for jobs: of 8 GiB a m4.large registers 7985 MiB, and AWS Batch
    keeps 32 of them (https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html). That all
    types lose the same part is assumed."""
    return int(nominal_mib * _REGISTERED) - _RESERVED_MIB


@cache
def _sizes() -> Mapping[str, Mapping[str, Size]]:
    """The types of each family."""
    return {
        family: {f"{family}.{size}": _size(figures) for size, figures in re.findall(r"(\S+)=(\S+)", entries)}
        for family, entries in re.findall(r"^(\S+): (.*(?:\n  .*)*)", _SIZES, re.MULTILINE)
    }


def _size(figures: str) -> Size:
    vcpus, memory, gpus = (*map(int, figures.split("/")), 0)[:3]
    return Size(vcpus, _available(memory), gpus)


def of(instance_type: str) -> Size | None:
    """What a type has; None: nobody has told."""
    return _sizes().get(instance_type.partition(".")[0], {}).get(instance_type)


def _offered(name: str) -> Iterable[Size | None]:
    """The types that a type, a family (without its metal) or a bundle stands for."""
    if "." in name:
        return (of(name),)
    families = BUNDLES.get(name, (name,))
    return [
        size
        for family in families
        for each, size in _sizes().get(family, {None: None}).items()
        if each is None or ".metal" not in each
    ]


@cache
def largest(instance_types: Sequence[str]) -> tuple[Size, ...] | None:
    """Those sizes of what a compute environment offers that are not outdone by another in everything; None:
    one is not known, and may hold whatever is asked for."""
    offered = {size for name in instance_types for size in _offered(name)}
    known = sorted(size for size in offered if size is not None)
    if len(known) < len(offered):
        return None
    return tuple(size for size in known if not any(other != size and other.holds(*size) for other in known))

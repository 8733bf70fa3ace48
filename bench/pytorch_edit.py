"""The same edit in 15 lines of PyTorch, for comparison: python pytorch_edit.py BASE TUNED OUT [ALPHA]"""

import re
import sys

from safetensors.torch import load_file, save_file

base, tuned = load_file(sys.argv[1]), load_file(sys.argv[2])
alpha = float(sys.argv[4]) if len(sys.argv) > 4 else 0.1
layers = 1 + max(int(m.group(1)) for name in base if (m := re.search(r"\.layers\.(\d+)\.", name)))
out = {}
for name, b in base.items():
    match = re.search(r"\.layers\.(\d+)\.", name)
    factor = alpha + (1 - alpha) * int(match.group(1)) / (layers - 1) if match else alpha
    b32 = b.float()
    out[name] = (b32 + factor * (tuned[name].float() - b32)).to(b.dtype)
save_file(out, sys.argv[3], metadata={"format": "pt"})

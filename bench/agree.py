"""Whether two files of tensors agree to MOST (2e-6), relative to each tensor's largest value: python agree.py ONE OTHER [MOST]"""

import sys

from safetensors import safe_open

worst = 0.0
most = float(sys.argv[3]) if len(sys.argv) > 3 else 2e-6
with safe_open(sys.argv[1], "pt") as one, safe_open(sys.argv[2], "pt") as other:
    if sorted(one.keys()) != sorted(other.keys()):
        sys.exit("not the same tensors")
    for name in one.keys():
        a, b = one.get_tensor(name), other.get_tensor(name)
        difference = ((a - b).abs().max() / b.abs().max()).item()
        if not difference <= most:  # NaN too
            sys.exit(f"{name} differs by {difference:.1e}")
        worst = max(worst, difference)
print(f"agree to {worst:.1e}", file=sys.stderr)

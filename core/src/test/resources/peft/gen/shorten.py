# copies the goldens; leaves out of the expected models what is the base's
import json, os, shutil, sys
import numpy as np
from safetensors.torch import load_file, save_file
import torch
G, O = sys.argv[1:]   # what gen_peft.py made, and where to
shutil.rmtree(O, ignore_errors=True)
for d in ("adapters","bases","hostile"): shutil.copytree(G+"peft/"+d, O+d)
import glob
for f in glob.glob(O+"bases/*/generation_config.json"): os.remove(f)
lines=[]
for c in json.load(open(G+"peft/cases.json")):
    i=c["input"]; i=i if isinstance(i,list) else [i]
    o=c.get("operation",{}); e=c.get("expected") or {}
    kind="adapter" if o.get("output")=="adapter" else "edit" if "edit" in o else "merge"
    bases=[x for x in i if "/bases/" in x]; ads=[x for x in i if "/bases/" not in x]
    f=e.get("file","")
    if f:
        out=O+f.removeprefix("peft/"); os.makedirs(os.path.dirname(out),exist_ok=True)
        t=load_file(G+f)
        if kind!="adapter":
            b=load_file(G+bases[0]+"/model.safetensors")
            if o.get("base_dtype"): b={k:v.to(torch.bfloat16) for k,v in b.items()}
            assert not b.keys()-t.keys()
            t={k:v for k,v in t.items() if k in b}   # gpt2: the tied head
            t={k:v for k,v in t.items() if not torch.equal(v,b[k])}
        save_file(t,out,metadata={"format":"pt"})
    strip=lambda x:x.removeprefix("peft/")
    lines.append("\t".join([kind,c["id"].removeprefix("peft/"),strip(bases[0]) if bases else "",",".join(map(strip,ads)),c["verdict"],strip(f),str(e.get("abs","")),str(e.get("rel","")),o.get("base_dtype",""),c.get("reason") or ""]))
open(O+"cases.tsv","w").write("\n".join(lines)+"\n")

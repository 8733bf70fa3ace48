/// GGUF, the format of llama.cpp: read with suspicion, written with all that its input says.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.gguf;

/// JSON read with suspicion, and the index of a model whose tensors lie in several files.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.index;

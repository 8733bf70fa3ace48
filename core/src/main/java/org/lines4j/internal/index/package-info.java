/// JSON read with suspicion, the index of a model whose tensors lie in several files, and what
/// files of PyTorch are called in a folder.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.index;

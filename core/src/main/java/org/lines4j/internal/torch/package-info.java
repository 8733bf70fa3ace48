/// Checkpoints of PyTorch, as `torch.save` writes them: a zip archive of a pickle and storages, or,
/// before version 1.6, pickles and storages one after the other.
@NullMarked
package org.lines4j.internal.torch;

import org.jspecify.annotations.NullMarked;

package org.lines4j.internal.torch;

import org.lines4j.internal.pickle.Value;

/// What a checkpoint holds.
///
/// @param value the pickle's
/// @param storages where tensors' bytes lie
/// @param bigEndian whether a big-endian machine wrote them
record TorchContent(Value value, TensorRebuilder.Storages storages, boolean bigEndian) {}

package org.lines4j.layers;

/// How the stacks of an encoder–decoder are numbered. Other models are not affected.
public enum StackMode {
  /// One stack of L = Lenc + Ldec: the decoder's first layer follows the encoder's last.
  JOINED,
  /// Encoder and decoder each have a depth of their own.
  SEPARATE,
  /// Only the decoder has depth; the encoder's tensors all lie outside, before it.
  DECODER_ONLY
}

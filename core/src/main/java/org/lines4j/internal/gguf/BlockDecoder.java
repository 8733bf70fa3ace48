package org.lines4j.internal.gguf;

/// Makes numbers of one block of codes, with the operations and in the order of gguf-py, so that
/// every bit is as there.
@FunctionalInterface
interface BlockDecoder {
  /// Decodes one block.
  ///
  /// @param codes that hold the block
  /// @param at where it begins in them
  /// @param values to fill, from `to` on
  void decode(byte[] codes, int at, float[] values, int to);

  /// The float16 at `at`, little-endian.
  static float half(byte[] codes, int at) {
    return Float.float16ToFloat((short) ((codes[at] & 0xff) | codes[at + 1] << 8));
  }

  /// The two or four bytes at `at`, little-endian and unsigned.
  static int word(byte[] codes, int at, int bytes) {
    int word = 0;
    for (int i = 0; i < bytes; i++) {
      word |= (codes[at + i] & 0xff) << (8 * i);
    }
    return word;
  }
}

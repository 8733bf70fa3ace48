package org.lines4j.evaluate.text;

import java.util.Arrays;
import java.util.List;

/// Texts as a tokenizer's numbers.
///
/// @param texts each without the special tokens of its ends
/// @param first the special tokens that a text begins with: mostly none, or one
/// @param last those that it ends with
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Tokens(List<int[]> texts, int[] first, int[] last) {
  /// Finds what stands at the ends of a text.
  ///
  /// @param plain the tokens of any text
  /// @param whole the same with its ends
  static Tokens of(List<int[]> texts, int[] plain, int[] whole) {
    for (int from = 0; from + plain.length <= whole.length; from++) {
      int to = from + plain.length;
      if (Arrays.equals(whole, from, to, plain, 0, plain.length)) {
        int[] last = Arrays.copyOfRange(whole, to, whole.length);
        return new Tokens(texts, Arrays.copyOf(whole, from), last);
      }
    }
    return new Tokens(texts, new int[0], new int[0]);
  }

  /// A text between its ends, cut where there would be more than `most` tokens.
  public int[] whole(int text, int most) {
    int[] plain = texts.get(text);
    int left = Math.clamp((long) most - first.length - last.length, 0, plain.length);
    int[] whole = Arrays.copyOf(first, first.length + left + last.length);
    System.arraycopy(plain, 0, whole, first.length, left);
    System.arraycopy(last, 0, whole, first.length + left, last.length);
    return whole;
  }
}

package org.lines4j.lab.text;

import java.util.List;

/// Texts and what each is.
///
/// @param labels the class of each text, by number
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Texts(List<String> texts, int[] labels) {
  /// Copies the list.
  public Texts {
    texts = List.copyOf(texts);
    if (texts.size() != labels.length) {
      throw new IllegalArgumentException(texts.size() + " texts, " + labels.length + " labels");
    }
  }

  /// How many there are.
  public int count() {
    return labels.length;
  }
}

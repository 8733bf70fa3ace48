package org.lines4j.internal.vocabulary;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// A token that a tokenizer looks for in the text before anything else: an entry of `added_tokens`.
///
/// @param number as its file has it
/// @param normalized whether it is looked for in normalised text
/// @param special whether decoding may leave it out
record AddedToken(
    int number,
    String content,
    boolean singleWord,
    boolean lstrip,
    boolean rstrip,
    boolean normalized,
    boolean special) {

  /// A token as a tokenizer adds it that is told nothing but its text.
  static AddedToken plain(String content, int number) {
    return new AddedToken(number, content, false, false, false, true, false);
  }

  /// Reads an entry whose `{` was read. What it lacks is −1, empty or false.
  static AddedToken read(JsonParser in) {
    AddedToken token = new AddedToken(-1, "", false, false, false, false, false);
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (name.equals("id") && value == JsonToken.VALUE_NUMBER_INT) {
        token = token.numbered(in.getIntValue());
      } else if (name.equals("content") && value == JsonToken.VALUE_STRING) {
        token = token.called(in.getString());
      } else if (value == JsonToken.VALUE_TRUE) {
        token = token.with(name);
      } else {
        in.skipChildren();
      }
    }
    return token;
  }

  /// This token under another number.
  AddedToken numbered(int other) {
    return new AddedToken(other, content, singleWord, lstrip, rstrip, normalized, special);
  }

  private AddedToken called(String text) {
    return new AddedToken(number, text, singleWord, lstrip, rstrip, normalized, special);
  }

  private AddedToken with(String flag) {
    return new AddedToken(
        number,
        content,
        singleWord || flag.equals("single_word"),
        lstrip || flag.equals("lstrip"),
        rstrip || flag.equals("rstrip"),
        normalized || flag.equals("normalized"),
        special || flag.equals("special"));
  }

  /// Writes the entry as the tokenizers library does.
  void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeNumberProperty("id", number);
    out.writeStringProperty("content", content);
    out.writeBooleanProperty("single_word", singleWord);
    out.writeBooleanProperty("lstrip", lstrip);
    out.writeBooleanProperty("rstrip", rstrip);
    out.writeBooleanProperty("normalized", normalized);
    out.writeBooleanProperty("special", special);
    out.writeEndObject();
  }
}

package org.lines4j.internal.index;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// A stream of JSON tokens from part of a file; what does not parse becomes an [InputException]
/// that names the file. Never recursive, so that nesting costs nothing.
public final class JsonSource implements AutoCloseable {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_NAME = 10_000;
  private static final int MAX_TEXT = 20_000_000;

  /// Names are not collected in a table: each occurs once, and a table can be attacked.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(MAX_NAME)
                  .maxStringLength(MAX_TEXT)
                  .build())
          .build();

  /// What Jackson's messages say about Jackson.
  private static final Pattern JARGON =
      Pattern.compile(
          " \\((start marker at|not recognized as one since|JSON String, ).*|: enable `.*"
              + "| require enabling `[^`]*`|, from `[^`]*`");

  private final Location file;
  private final JsonParser parser;

  private JsonSource(Location file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /// The `length` bytes of `file` from `start` on.
  public static JsonSource of(ByteSource file, long start, long length) {
    // From bytes, Jackson would guess the encoding, and take UTF-8 for more than it is.
    Reader text = new InputStreamReader(new Slice(file, start, length), strictUtf8());
    return new JsonSource(file.location(), JSON.createParser(ObjectReadContext.empty(), text));
  }

  private static CharsetDecoder strictUtf8() {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  public @Nullable JsonToken next() {
    try {
      return parser.nextToken();
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /// The name of the property that the last [#next()] stopped at.
  public String name() {
    return checked(parser.currentName());
  }

  public String text() {
    try {
      return checked(parser.getString());
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /// JSON can write half of a surrogate pair, which is no character and has no UTF-8.
  private String checked(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) {
        continue;
      }
      if (Character.isSupplementaryCodePoint(text.codePointAt(i))) {
        i++;
      } else {
        throw new InputException(
            file, "malformed JSON: half a character in '%s'".formatted(Shown.of(text)));
      }
    }
    return text;
  }

  public void expectNext(JsonToken wanted, String where, String description) {
    expectNext(wanted, () -> where, description);
  }

  /// The same, where words are made only if something else is found.
  public void expectNext(JsonToken wanted, Supplier<String> where, String description) {
    next();
    expect(wanted, where, description);
  }

  public void expect(JsonToken wanted, String where, String description) {
    expect(wanted, () -> where, description);
  }

  private void expect(JsonToken wanted, Supplier<String> where, String description) {
    JsonToken found = parser.currentToken();
    if (found != wanted) {
      throw InputException.expected(file, where.get(), description, describe(found));
    }
  }

  /// The last [#next()] must have closed the outermost object, and nothing may follow.
  public void expectEnd(String what) {
    expect(JsonToken.END_OBJECT, "the end of " + what, "'}'");
    if (next() != null) {
      throw new InputException(file, what + " goes on after its last '}'");
    }
  }

  /// A list of at most `most` whole numbers.
  public List<Long> longs(Supplier<String> where, int most) {
    expectNext(JsonToken.START_ARRAY, where, "a list of whole numbers");
    List<Long> numbers = new ArrayList<>();
    while (next() != JsonToken.END_ARRAY) {
      expect(JsonToken.VALUE_NUMBER_INT, where, "a list of whole numbers");
      if (numbers.size() == most) {
        throw new InputException(file, where.get() + " has more than " + most + " numbers");
      }
      try {
        numbers.add(parser.getLongValue());
      } catch (JacksonException e) {
        throw new InputException(
            file,
            "%s holds %s, which is no possible size"
                .formatted(where.get(), Shown.of(parser.getString())));
      }
    }
    return numbers;
  }

  /// The number that the last [#next()] stopped at.
  public double number() {
    try {
      return parser.getDoubleValue();
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /// Steps over the value of the property that the last [#next()] stopped at.
  public void skipValue() {
    try {
      parser.nextToken();
      parser.skipChildren();
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  private RuntimeException malformed(JacksonException e) {
    if (e.getCause() instanceof CharacterCodingException) {
      return new InputException(file, "malformed JSON: it should be UTF-8, but is not");
    }
    if (e.getCause() instanceof IOException failure) {
      return new UncheckedIOException(failure);
    }
    TokenStreamLocation location = parser.currentLocation();
    String reason = JARGON.matcher(String.valueOf(e.getOriginalMessage())).replaceAll("");
    return new InputException(
        file,
        "malformed JSON at character %d: %s".formatted(location.getCharOffset(), Shown.of(reason)));
  }

  private static String describe(@Nullable JsonToken token) {
    return switch (token) {
      case null -> "the end";
      case START_OBJECT -> "an object";
      case END_OBJECT -> "'}'";
      case START_ARRAY -> "a list";
      case END_ARRAY -> "']'";
      case PROPERTY_NAME -> "a property";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT -> "a number";
      case VALUE_NUMBER_FLOAT -> "a number with a fraction or exponent";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> token.name();
    };
  }

  @Override
  public void close() {
    parser.close();
  }

  /// Part of a file as a stream. Closing it leaves the file open.
  private static final class Slice extends InputStream {
    private final ByteSource file;
    private final long end;
    private long position;

    Slice(ByteSource file, long start, long length) {
      this.file = file;
      this.position = start;
      this.end = start + length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (position >= end) {
        return -1;
      }
      int count = (int) Math.min(length, end - position);
      file.read(position, MemorySegment.ofArray(target).asSlice(from, count));
      position += count;
      return count;
    }
  }
}

package org.lines4j.internal.safetensors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.testing.Safetensors;

/// Headers that lie. Each is refused with one message, which starts with the file.
class HeaderAttacksTest {
  /// A row of `attacks/headers.tsv`.
  record Attack(String name, int dataBytes, String header, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  static List<Attack> attacks() throws IOException {
    List<Attack> attacks = new ArrayList<>();
    try (var in = HeaderAttacksTest.class.getResourceAsStream("/attacks/headers.tsv")) {
      for (String line :
          new String(Objects.requireNonNull(in).readAllBytes(), UTF_8).lines().toList()) {
        if (!line.startsWith("#")) {
          String[] cells = line.split("\t", -1);
          attacks.add(new Attack(cells[0], Integer.parseInt(cells[1]), cells[2], cells[3]));
        }
      }
    }
    return attacks;
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void isRefusedWithItsMessage(Attack attack) throws IOException {
    byte[] bytes = Safetensors.file(attack.header(), attack.dataBytes());
    assertEquals(attack.message(), refusal(bytes));
  }

  /// What the message says after the file's name.
  private String refusal(byte[] bytes) throws IOException {
    Path file = folder.resolve("attack.safetensors");
    Files.write(file, bytes);
    InputException refusal =
        assertTimeout(
            SOON, () -> assertThrows(InputException.class, () -> Checkpoint.open(file).close()));
    String message = Objects.requireNonNull(refusal.getMessage());
    assertTrue(message.startsWith(file + ": "), message);
    assertTrue(message.length() < file.toString().length() + 500, "too long: " + message);
    assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    return message.substring(file.toString().length() + 2);
  }

  @Test
  void filesTooShortForAHeaderAreRefused() throws IOException {
    for (int length = 0; length <= 8; length++) {
      assertEquals(
          "not a safetensors file: it has only %d bytes, a header needs 10; copy or download it again"
              .formatted(length),
          refusal(new byte[length]));
    }
  }

  @Test
  void lengthsThatLieAreRefused() throws IOException {
    byte[] header = "{}".getBytes(US_ASCII);
    assertEquals(
        "truncated: the header should have 3 bytes, the file has only 2 after its length; copy or"
            + " download it again",
        refusal(Safetensors.file(3, header, 0)));
    assertEquals(
        "truncated: the header should have 100000000 bytes, the file has only 2 after its length;"
            + " copy or download it again",
        refusal(Safetensors.file(100_000_000, header, 0)));
    for (long length : new long[] {100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
      assertEquals(
          "not a safetensors file: the first 8 bytes give a header of %s bytes, at most 100000000 are allowed"
              .formatted(Long.toUnsignedString(length)),
          refusal(Safetensors.file(length, header, 0)));
    }
    assertEquals(
        "malformed JSON at character 1: Unexpected end-of-input: expected close marker for Object",
        refusal(Safetensors.file(1, header, 0)));
    assertEquals(
        "the header should be an object, found the end", refusal(Safetensors.file(0, header, 0)));
  }

  @Test
  void aHeaderThatDoesNotStartWithABraceIsRefused() throws IOException {
    for (String header : List.of("[]", " {}", "null", "\uFEFF{}", "\"w\"", "\0\0")) {
      assertEquals(
          "not a safetensors file: the header does not start with '{'",
          refusal(Safetensors.file(header, 0)));
    }
  }

  @Test
  void aHeaderThatIsNotUtf8IsRefused() throws IOException {
    List<byte[]> names =
        List.of(
            "größe".getBytes(ISO_8859_1),
            new byte[] {(byte) 0xc0, (byte) 0x80}, // NUL in two bytes
            new byte[] {(byte) 0xc1, (byte) 0xb7}, // 'w' in two bytes
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0xbd}, // half a character
            new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, // past U+10FFFF
            new byte[] {(byte) 0xff});
    for (byte[] name : names) {
      String entry = Safetensors.u8(new String(name, ISO_8859_1), 0, 2);
      byte[] header = ("{" + entry + "}").getBytes(ISO_8859_1);
      assertEquals(
          "malformed JSON: it should be UTF-8, but is not",
          refusal(Safetensors.file(header.length, header, 2)));
    }
  }

  @Test
  void aHeaderInUtf16IsRefused() throws IOException {
    byte[] header = ("{" + Safetensors.u8("w", 0, 2) + "}").getBytes(UTF_16LE);
    String message = refusal(Safetensors.file(header.length, header, 2));
    assertTrue(message.startsWith("malformed JSON at character "), message);
  }

  @Test
  void deepNestingIsRefused() throws IOException {
    for (String opening : List.of("[", "{\"a\":")) {
      String deep = "{\"w\":{\"x\":" + opening.repeat(100_000);
      assertEquals(
          "malformed JSON at character %d: Document nesting depth (101) exceeds the maximum allowed (100)"
              .formatted(opening.equals("[") ? 109 : 501),
          refusal(Safetensors.file(deep, 0)));
    }
  }

  @Test
  void aShapeOfManyExtentsIsRefused() throws IOException {
    String ones = "1,".repeat(1_000_000) + "1";
    assertEquals(
        "tensor w, shape has more than 64 numbers",
        refusal(
            Safetensors.file(
                "{\"w\":{\"dtype\":\"U8\",\"shape\":[" + ones + "],\"data_offsets\":[0,1]}}", 1)));
  }

  @Test
  void aNumberOfManyDigitsIsRefused() throws IOException {
    String digits = "9".repeat(1_000_000);
    String message =
        refusal(
            Safetensors.file(
                "{\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0," + digits + "]}}", 1));
    assertTrue(message.startsWith("malformed JSON at character "), message);
  }

  @Test
  void namesOfAMegabyteAreRefusedWithoutRepeatingThem() throws IOException {
    String header = "{" + Safetensors.u8("w".repeat(1_000_000), 0, 2) + "}";
    String message = refusal(Safetensors.file(header, 2));
    assertTrue(message.contains("exceeds the maximum allowed (10000)"), message);
  }

  @Test
  void longNamesAndTypesAreShortenedInMessages() throws IOException {
    String name = "w".repeat(5_000);
    String message = refusal(Safetensors.file("{" + Safetensors.u8(name, 1, 2) + "}", 2));
    assertTrue(message.startsWith("tensor wwww"), message);
    assertTrue(message.contains("w… (5000 characters)"), message);
    String type = Safetensors.u8("w", 0, 2).replace("U8", "x".repeat(1_000_000));
    message = refusal(Safetensors.file("{" + type + "}", 2));
    assertTrue(message.contains("x… (1000000 characters)"), message);
  }

  @Test
  void moreTensorsThanAnyModelHasAreRefusedBeforeTheyFillTheMemory() throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i <= HeaderReader.MAX_TENSORS; i++) {
      header.append(i == 0 ? "" : ",").append(Safetensors.u8(Integer.toString(i), 0, 0));
    }
    assertEquals(
        "more than 400000 tensors in one file",
        refusal(Safetensors.file(header.append('}').toString(), 0)));
  }

  @Test
  void namesWithOneHashCodeAreReadInLinearTime() throws IOException {
    // "Aa" and "BB" have the same hash code, and so has every sequence of them.
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < 1 << 15; i++) {
      String bits = Integer.toBinaryString(1 << 15 | i).substring(1);
      String name = bits.replace("0", "Aa").replace("1", "BB");
      header.append(i == 0 ? "" : ",").append(Safetensors.u8(name, 0, 0));
    }
    Path file = folder.resolve("names.safetensors");
    Files.write(file, Safetensors.file(header.append('}').toString(), 0));
    assertTimeout(
        SOON,
        () -> {
          try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertEquals(1 << 15, checkpoint.tensors().size());
          }
        });
  }

  @Test
  void fieldsThatTheFormatMayGainAreSkipped() throws IOException {
    Path file = folder.resolve("later.safetensors");
    String entry = Safetensors.u8("w", 0, 2).replace("}", ",\"new\":[{\"a\":[1.5,null]},true]}");
    Files.write(file, Safetensors.file("{" + entry + "}  \n", 2));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertEquals(1, checkpoint.tensors().size());
    }
  }
}

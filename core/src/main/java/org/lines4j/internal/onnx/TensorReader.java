package org.lines4j.internal.onnx;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.FileTensor;
import org.lines4j.internal.index.FileName;
import org.lines4j.internal.onnx.Message.Wire;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Reads one `TensorProto`.
final class TensorReader {
  private static final int MOST_DIMS = 64;
  private static final int MOST_NAME = 1 << 16;
  private static final int MOST_ENTRIES = 16;

  private static final int MOST_RUNS = 1 << 16;

  private static final long ELSEWHERE = 1;

  private final ByteSource file;
  private final Message message;
  private final long room;
  private final List<Long> dims = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private final Map<String, String> external = new HashMap<>();
  private String name = "";
  private long type;
  private long location;

  /// A field that elements stand in.
  ///
  /// @param field its name
  /// @param wire how they are written
  private record Run(String field, Wire wire, ByteRange bytes) {}

  private TensorReader(ByteSource file, Message message, long room) {
    this.file = file;
    this.message = message;
    this.room = room;
  }

  /// @param room how many bytes may be decoded in memory
  /// @throws InputException if it is malformed, or of a kind that is not read
  static Initialiser read(ByteSource file, Message message, long room) throws IOException {
    TensorReader reader = new TensorReader(file, message, room);
    while (message.next()) {
      reader.take();
    }
    return reader.initialiser();
  }

  private void take() throws IOException {
    switch (message.number()) {
      case 1 -> message.numbers("dims", this::dim);
      case 2 -> type = message.number("data_type");
      case 3 -> throw message.malformed("a segment of a tensor, which no file should hold");
      case 4 -> run("float_data");
      case 5 -> run("int32_data");
      case 6 -> run("string_data");
      case 7 -> run("int64_data");
      case 8 -> name = message.text("name", MOST_NAME);
      case 9 -> run("raw_data");
      case 10 -> run("double_data");
      case 11 -> run("uint64_data");
      case 13 -> entry(message.message("external_data"));
      case 14 -> location = message.number("data_location");
      default -> {} // documentation, and what is not known yet
    }
  }

  private void dim(long dim) {
    if (dim < 0) {
      throw message.malformed("a dimension of " + Long.toUnsignedString(dim));
    }
    dims.add(dim);
    if (dims.size() > MOST_DIMS) {
      throw message.malformed("more than " + MOST_DIMS + " dimensions");
    }
  }

  private void run(String field) {
    runs.add(new Run(field, message.wire(), new ByteRange(message.start(), message.size())));
    if (runs.size() > 1 && !runs.getFirst().field().equals(field)) {
      throw message.malformed("elements in %s and in %s".formatted(runs.getFirst().field(), field));
    }
    if (runs.size() > 1 && !isOfNumbers(field)) {
      throw message.malformed(field + " in more than one piece, which no exporter writes");
    }
    if (runs.size() > MOST_RUNS) {
      throw message.malformed("more than %d pieces of %s".formatted(MOST_RUNS, field));
    }
  }

  private static boolean isOfNumbers(String field) {
    return field.startsWith("int") || field.startsWith("uint");
  }

  /// A key and its value, of what says where elements are.
  private void entry(Message entry) throws IOException {
    String key = "";
    String value = "";
    while (entry.next()) {
      switch (entry.number()) {
        case 1 -> key = entry.text("key", MOST_NAME);
        case 2 -> value = entry.text("value", MOST_NAME);
        default -> {}
      }
    }
    external.put(key, value);
    if (external.size() > MOST_ENTRIES) {
      throw message.malformed("more than " + MOST_ENTRIES + " entries of external_data");
    }
  }

  private InputException refused(String reason) {
    return new InputException(file.location(), "tensor " + Shown.of(name) + ": " + reason)
        .withTensor(Shown.of(name));
  }

  private Initialiser initialiser() throws IOException {
    if (name.isEmpty()) {
      throw message.malformed("it has no name");
    }
    int odd = Shown.firstOdd(name);
    if (odd >= 0) {
      throw refused("its name holds the control character U+%04X".formatted(odd));
    }
    TensorInfo info = info(dtype());
    if (location == ELSEWHERE) {
      return elsewhere(info);
    }
    if (location != 0) {
      throw refused("data_location should be 0 or 1, found " + Long.toUnsignedString(location));
    }
    return new Initialiser.Here(
        runs.isEmpty() || !isOfNumbers(runs.getFirst().field())
            ? new FileTensor(info, file, place(info))
            : decoded(info));
  }

  private DType dtype() {
    ElementType known =
        ElementType.of(type)
            .orElseThrow(
                () ->
                    refused(
                        "unknown data_type %s: none that ONNX has today"
                            .formatted(Long.toUnsignedString(type))));
    return known
        .dtype()
        .orElseThrow(
            () ->
                refused("stored as %s, which is not read".formatted(known))
                    .withRemedy("give the model that the graph was exported from"));
  }

  private TensorInfo info(DType dtype) {
    try {
      TensorInfo info = new TensorInfo(name, dtype, new Shape(dims));
      long _ = info.byteSize();
      return info;
    } catch (ArithmeticException _) {
      throw refused("shape %s of %s: more bytes than can be".formatted(dims, dtype));
    }
  }

  /// Where its bytes begin, which are stored as they are read.
  private long place(TensorInfo info) {
    if (runs.isEmpty()) {
      checkSize(info, "no data", 0);
      return message.start();
    }
    Run run = runs.getFirst();
    Optional<DType> own =
        switch (run.field()) {
          case "raw_data" -> Optional.of(info.dtype());
          case "float_data" -> Optional.of(DType.F32);
          case "double_data" -> Optional.of(DType.F64);
          default -> Optional.empty();
        };
    if (run.field().equals("float_data") && info.dtype() == DType.C64) {
      own = Optional.of(DType.C64); // real and imaginary parts in turn
    }
    if (own.filter(info.dtype()::equals).isEmpty()) {
      throw refused("elements of %s in %s".formatted(info.dtype(), run.field()));
    }
    boolean one = run.wire() == Wire.FIXED32 || run.wire() == Wire.FIXED64;
    if (run.wire() != Wire.BYTES && !(one && !run.field().equals("raw_data"))) {
      throw refused("%s is written as %s".formatted(run.field(), run.wire()));
    }
    checkSize(info, run.field(), run.bytes().count());
    return run.bytes().from();
  }

  private void checkSize(TensorInfo info, String what, long bytes) {
    if (bytes != info.byteSize()) {
      throw refused(
              "%s should take %d bytes, found %s of %d"
                  .formatted(info.typeAndShape(), info.byteSize(), what, bytes))
          .withExpected(info.byteSize(), bytes);
    }
  }

  /// Its elements, read from numbers of variable length.
  private NumbersInMemory decoded(TensorInfo info) throws IOException {
    String field = runs.getFirst().field();
    checkField(info.dtype(), field);
    if (info.byteSize() > room) {
      throw refused("%d bytes in %s, at most %d are read".formatted(info.byteSize(), field, room))
          .withRemedy("save the graph again with raw data, as exporters do");
    }
    int width = info.dtype().bytes();
    MemorySegment elements = MemorySegment.ofArray(new byte[(int) info.byteSize()]);
    long[] count = {0};
    List<ByteRange> stored = new ArrayList<>();
    for (Run run : runs) {
      if (run.wire() != Wire.VARINT && run.wire() != Wire.BYTES) {
        throw refused("%s is written as %s".formatted(field, run.wire()));
      }
      stored.add(run.bytes());
      Message.numbers(
          file,
          field,
          run.bytes(),
          number -> {
            if (count[0] == info.elements()) {
              throw refused("%s has more elements than %s".formatted(field, info.shape()));
            }
            put(elements, count[0]++ * width, width, number);
          });
    }
    if (count[0] != info.elements()) {
      throw refused(
              "%s should have %d elements, found %d".formatted(field, info.elements(), count[0]))
          .withExpected(info.elements(), count[0]);
    }
    return new NumbersInMemory(info, elements, stored);
  }

  private void checkField(DType dtype, String field) {
    boolean fits =
        switch (field) {
          case "int64_data" -> dtype == DType.I64;
          case "uint64_data" -> dtype == DType.U64 || dtype == DType.U32;
          default ->
              switch (dtype) {
                case I32, I16, I8, U16, U8, BOOL, F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0 -> true;
                default -> false;
              };
        };
    if (!fits) {
      throw refused("elements of %s in %s".formatted(dtype, field));
    }
  }

  /// Its lowest bytes: the bits of floating types stand in whole numbers, too.
  private static void put(MemorySegment elements, long at, int width, long number) {
    switch (width) {
      case Byte.BYTES -> elements.set(ValueLayout.JAVA_BYTE, at, (byte) number);
      case Short.BYTES -> elements.set(SHORT, at, (short) number);
      case Integer.BYTES -> elements.set(INT, at, (int) number);
      default -> elements.set(LONG, at, number);
    }
  }

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Initialiser elsewhere(TensorInfo info) {
    if (!runs.isEmpty()) {
      throw refused("its data are elsewhere, and in " + runs.getFirst().field());
    }
    String given = external.getOrDefault("location", "");
    String place = given.startsWith("./") ? given.substring(2) : given;
    if (!Stream.of(place.split("/", -1)).allMatch(FileName::isPlain)) {
      throw refused(
              "its data should be in a file beside the graph or below, found the location '%s'"
                  .formatted(Shown.of(given)))
          .withExpected("a file beside the graph or below", Shown.of(given));
    }
    return new Initialiser.Elsewhere(info, place, external("offset").orElse(0), external("length"));
  }

  private OptionalLong external(String key) {
    String text = external.get(key);
    if (text == null) {
      return OptionalLong.empty();
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw refused("%s should be a number of bytes, found '%s'".formatted(key, Shown.of(text)));
    }
    return OptionalLong.of(Long.parseLong(text));
  }
}

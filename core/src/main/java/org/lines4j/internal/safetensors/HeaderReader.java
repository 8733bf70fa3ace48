package org.lines4j.internal.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.lines4j.error.InputException;
import org.lines4j.error.Problem;
import org.lines4j.error.Shown;
import org.lines4j.format.FileTensor;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.internal.foreign.ForeignFiles;
import org.lines4j.internal.index.JsonSource;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import tools.jackson.core.JsonToken;

/// Reads and checks the header of a safetensors file: 8 bytes of length N (little-endian), N bytes
/// of JSON, then the tensors' bytes without hole or overlap to the end of the file.
///
/// Every number is taken for hostile until it was checked, and memory stays bounded by
/// [#MAX_TENSORS], [#MAX_RANK] and [#MAX_HEADER], the last as in the reference implementation.
public final class HeaderReader {
  /// The longest header that is read, in bytes.
  public static final long MAX_HEADER = 100_000_000;

  /// The most tensors in one file.
  public static final int MAX_TENSORS = StoredCheckpoint.MAX_TENSORS;

  /// The most extents of one shape, as in PyTorch.
  public static final int MAX_RANK = 64;

  private static final int LENGTH_BYTES = 8;

  private static final String FETCH_AGAIN = "copy or download it again";

  private final ByteSource source;
  private final Location file;
  private final long dataStart;
  private final long dataSize;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<FileTensor> tensors = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /// What a header says.
  ///
  /// @param metadata its free text
  /// @param tensors in the order of their bytes
  public record Header(Map<String, String> metadata, List<FileTensor> tensors) {}

  private HeaderReader(ByteSource source, long dataStart, long dataSize) {
    this.source = source;
    this.file = source.location();
    this.dataStart = dataStart;
    this.dataSize = dataSize;
  }

  /// Reads the header of `file`.
  ///
  /// @throws InputException if anything in it is not as the format says
  public static Header read(ByteSource file) throws IOException {
    long length = headerLength(file);
    long dataStart = LENGTH_BYTES + length;
    HeaderReader reader = new HeaderReader(file, dataStart, file.size() - dataStart);
    try (JsonSource json = JsonSource.of(file, LENGTH_BYTES, length)) {
      reader.readHeader(json);
    }
    reader.tensors.sort(HeaderReader::inFile);
    reader.checkCoverage();
    return new Header(reader.metadata, reader.tensors);
  }

  /// The order in a file; what has no bytes comes before what begins at the same place.
  private static int inFile(FileTensor a, FileTensor b) {
    int byPlace = Long.compare(a.place(), b.place());
    return byPlace != 0 ? byPlace : Long.compare(a.info().byteSize(), b.info().byteSize());
  }

  /// Reads the headers of several files, on all processors: parsing takes longer than reading.
  ///
  /// @throws InputException as [#read], of the first that is not as it should be
  static List<Header> readAll(List<ByteSource> files) throws IOException {
    try {
      return files.parallelStream().map(HeaderReader::readUnchecked).toList();
    } catch (InputException | UncheckedIOException e) {
      for (ByteSource file : files) {
        Header _ = read(file); // of several that are wrong, the first is told of
      }
      throw e;
    }
  }

  private static Header readUnchecked(ByteSource file) {
    try {
      return read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long headerLength(ByteSource source) throws IOException {
    Location file = source.location();
    long size = source.size();
    if (size <= LENGTH_BYTES) {
      throw new InputException(
              file, "not a safetensors file: it has only " + size + " bytes, a header needs 10")
          .withRemedy(FETCH_AGAIN);
    }
    ByteBuffer start = ByteBuffer.allocate(LENGTH_BYTES + 1).order(ByteOrder.LITTLE_ENDIAN);
    source.read(0, MemorySegment.ofBuffer(start));
    long length = start.getLong(0);
    boolean hasBrace = start.get(LENGTH_BYTES) == '{';
    Optional<Problem> foreign = hasBrace ? Optional.empty() : ForeignFiles.problem(source);
    if (foreign.isPresent()) {
      throw new InputException(foreign.get().in(file));
    }
    if (length < 0 || length > MAX_HEADER) {
      throw new InputException(
          file,
          "not a safetensors file: the first 8 bytes give a header of %s bytes, at most %d are allowed"
              .formatted(Long.toUnsignedString(length), MAX_HEADER));
    }
    if (length > size - LENGTH_BYTES) {
      throw new InputException(
              file,
              "truncated: the header should have %d bytes, the file has only %d after its length"
                  .formatted(length, size - LENGTH_BYTES))
          .withRemedy("copy or download it again");
    }
    if (!hasBrace) {
      throw new InputException(file, "not a safetensors file: the header does not start with '{'");
    }
    return length;
  }

  private void readHeader(JsonSource source) {
    source.expectNext(JsonToken.START_OBJECT, "the header", "an object");
    while (source.next() == JsonToken.PROPERTY_NAME) {
      String name = source.name();
      if (!names.add(name)) {
        throw new InputException(file, "the header has " + Shown.of(name) + " twice");
      }
      if (name.equals("__metadata__")) {
        readMetadata(source);
      } else {
        checkName(name);
        readTensor(source, name);
      }
    }
    source.expectEnd("the header");
  }

  private void checkName(String name) {
    int odd = Shown.firstOdd(name);
    if (odd >= 0) {
      throw malformed(name, "its name holds the control character U+%04X".formatted(odd));
    }
  }

  private void readMetadata(JsonSource source) {
    if (source.next() == JsonToken.VALUE_NULL) {
      return;
    }
    source.expect(JsonToken.START_OBJECT, "__metadata__", "an object of strings");
    while (source.next() == JsonToken.PROPERTY_NAME) {
      String key = source.name();
      source.expectNext(JsonToken.VALUE_STRING, "__metadata__, " + Shown.of(key), "a string");
      if (metadata.put(key, source.text()) != null) {
        throw new InputException(file, "__metadata__ has " + Shown.of(key) + " twice");
      }
    }
  }

  private void readTensor(JsonSource source, String name) {
    if (tensors.size() == MAX_TENSORS) {
      throw new InputException(file, "more than " + MAX_TENSORS + " tensors in one file");
    }
    Entry entry = new Entry();
    source.expectNext(JsonToken.START_OBJECT, () -> where(name), "an object");
    while (source.next() == JsonToken.PROPERTY_NAME) {
      readField(source, name, entry);
    }
    tensors.add(entry.toTensor(name));
  }

  private void readField(JsonSource source, String name, Entry entry) {
    String field = source.name();
    Supplier<String> where = () -> where(name) + ", " + Shown.of(field);
    switch (field) {
      case "dtype" -> {
        entry.once("dtype", entry.dtype == null, name);
        source.expectNext(JsonToken.VALUE_STRING, where, "a string");
        entry.dtype = dtype(name, source.text());
      }
      case "shape" -> {
        entry.once("shape", entry.shape == null, name);
        entry.shape = source.longs(where, MAX_RANK);
      }
      case "data_offsets" -> {
        entry.once("data_offsets", entry.offsets == null, name);
        entry.offsets = source.longs(where, 2);
      }
      default -> source.skipValue();
    }
  }

  private static String where(String tensor) {
    return "tensor " + Shown.of(tensor);
  }

  private DType dtype(String name, String code) {
    return DType.ofCode(code)
        .orElseThrow(
            () ->
                malformed(
                    name,
                    "unknown dtype '%s'; known are %s".formatted(Shown.of(code), DType.codes())));
  }

  /// The offsets were sorted: each tensor must start where the one before it ended.
  private void checkCoverage() {
    long end = 0;
    for (FileTensor tensor : tensors) {
      long begin = tensor.place() - dataStart;
      if (begin != end) {
        throw malformed(
            tensor.info().name(),
            "its bytes start at %d, but the tensors before it end at %d: %s"
                .formatted(begin, end, begin < end ? "they overlap" : "there is a hole"));
      }
      end = Math.addExact(end, tensor.info().byteSize());
    }
    if (end != dataSize) {
      throw new InputException(
          file,
          "%s: the header describes %d bytes of tensors, the file holds %d"
              .formatted(end > dataSize ? "truncated" : "trailing bytes", end, dataSize));
    }
  }

  private InputException malformed(String tensor, String reason) {
    String name = Shown.of(tensor);
    return new InputException(file, "tensor " + name + ": " + reason).withTensor(name);
  }

  /// One tensor's entry while its fields come in, in any order.
  private final class Entry {
    private @org.jspecify.annotations.Nullable DType dtype;
    private @org.jspecify.annotations.Nullable List<Long> shape;
    private @org.jspecify.annotations.Nullable List<Long> offsets;

    void once(String field, boolean absent, String name) {
      if (!absent) {
        throw malformed(name, field + " is given twice");
      }
    }

    FileTensor toTensor(String name) {
      if (dtype == null || shape == null || offsets == null) {
        throw malformed(
            name,
            (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets") + " is missing");
      }
      if (offsets.size() != 2) {
        throw malformed(
            name, "data_offsets should be a begin and an end, found %s".formatted(offsets));
      }
      long begin = offsets.get(0);
      long end = offsets.get(1);
      if (begin < 0 || end < begin) {
        throw malformed(
            name,
            "data_offsets [%d, %d] should be 0 or more, the second not less than the first"
                .formatted(begin, end));
      }
      if (end > dataSize) {
        throw malformed(
                name,
                "data_offsets [%d, %d] end past the file's %d bytes of tensors: the file is truncated, or its header is wrong"
                    .formatted(begin, end, dataSize))
            .withRemedy(FETCH_AGAIN);
      }
      TensorInfo info = checkedInfo(name, dtype, shape);
      if (info.byteSize() != end - begin) {
        throw malformed(
            name,
            "%s takes %d bytes, data_offsets [%d, %d] give it %d"
                .formatted(info.typeAndShape(), info.byteSize(), begin, end, end - begin));
      }
      return new FileTensor(info, source, dataStart + begin);
    }

    private TensorInfo checkedInfo(String name, DType type, List<Long> dims) {
      if (dims.stream().anyMatch(dim -> dim < 0)) {
        throw malformed(name, "shape %s should hold no negative number".formatted(dims));
      }
      try {
        TensorInfo info = new TensorInfo(name, type, new Shape(dims));
        long _ = info.byteSize();
        return info;
      } catch (ArithmeticException e) {
        throw malformed(
            name,
            "shape %s of %s: more bytes than can be, or not whole ones".formatted(dims, type));
      }
    }
  }
}

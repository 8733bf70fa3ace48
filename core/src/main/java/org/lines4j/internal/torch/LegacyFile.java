package org.lines4j.internal.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.internal.pickle.PickleBytes;
import org.lines4j.internal.pickle.PickleReader;
import org.lines4j.internal.pickle.Value;
import org.lines4j.internal.pickle.Value.Flag;
import org.lines4j.internal.pickle.Value.Persistent;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;

/// A checkpoint of PyTorch before 1.6: five pickles (a magic number, a version, facts about the
/// machine, the content, the keys of its storages), then for each key the number of its elements
/// and their bytes.
final class LegacyFile {
  private static final int PROTOCOL = 1001;

  /// 0x1950a86a20f9469cfc6c as a pickle's long number of ten bytes.
  private static final byte[] MAGIC = {
    (byte) 0x8a,
    10,
    0x6c,
    (byte) 0xfc,
    (byte) 0x9c,
    0x46,
    (byte) 0xf9,
    0x20,
    0x6a,
    (byte) 0xa8,
    0x50,
    0x19,
    '.'
  };

  private static final int FRAME = 0x95;

  private final ByteSource file;
  private final PickleBytes bytes;
  private final Map<String, StorageReference> named = new LinkedHashMap<>();
  private final Map<String, ByteRange> delivered = new HashMap<>();

  private LegacyFile(ByteSource file) {
    this.file = file;
    this.bytes = new PickleBytes(file, 0, file.size());
  }

  /// Whether a file begins with the magic number.
  static boolean begins(ByteSource file) throws IOException {
    byte[] start = new byte[(int) Math.min(file.size(), 2 + 9 + MAGIC.length)];
    file.read(0, MemorySegment.ofArray(start));
    int at = start.length > 2 && (start[2] & 0xff) == FRAME ? 11 : 2;
    if (start.length < at + MAGIC.length || (start[0] & 0xff) != 0x80) {
      return false;
    }
    return Arrays.equals(start, at, at + MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  static TorchContent read(ByteSource file) throws IOException {
    return new LegacyFile(file).read();
  }

  private TorchContent read() throws IOException {
    Value _ = PickleReader.read(bytes); // the magic number
    Value version = PickleReader.read(bytes);
    if (!version.equals(new Value.Whole(PROTOCOL))) {
      throw InputException.expected(
          file.location(),
          "its version",
          PROTOCOL,
          version instanceof Value.Whole(long n) ? n : "another value");
    }
    boolean bigEndian =
        PickleReader.read(bytes) instanceof Value.Dict facts
            && facts.find("little_endian").filter(new Flag(false)::equals).isPresent();
    if (bigEndian) {
      throw new InputException(file.location(), "written by a big-endian machine")
          .withRemedy("load and save it with torch");
    }
    Value content = PickleReader.read(bytes, this::note);
    deliver(PickleReader.read(bytes));
    return new TorchContent(content, this::find, false);
  }

  private void note(Persistent outside) {
    StorageReference.check(outside, true, bytes);
    if (!StorageReference.isStorage(outside)) {
      return;
    }
    StorageReference storage = StorageReference.of(outside, file.location());
    StorageReference before = named.putIfAbsent(storage.key(), storage);
    if (before != null
        && (before.elements() != storage.elements() || !before.type().equals(storage.type()))) {
      throw wrong("its storage %s is described in two ways", storage.key());
    }
  }

  private void deliver(Value keys) throws IOException {
    if (!(keys instanceof Value.Items list)) {
      throw wrong("the keys of its storages should be a list", "");
    }
    for (Value value : list.items()) {
      String key = value instanceof Value.Text(String text) ? text : "without a name";
      StorageReference storage = named.get(key);
      if (storage == null || delivered.containsKey(key)) {
        throw wrong("its storage %s is not in its content, or is listed twice", key);
      }
      long count = bytes.i8();
      if (count != storage.elements()) {
        throw InputException.expected(
            file.location(),
            "its storage " + Shown.of(key),
            storage.elements() + " elements",
            count);
      }
      long size = storage.byteSize(file.location());
      delivered.put(key, new ByteRange(bytes.position(), size));
      bytes.skip(size);
    }
  }

  private ByteRange find(StorageReference storage) {
    ByteRange found = delivered.get(storage.key());
    if (found == null) {
      throw wrong("the bytes of its storage %s are missing", storage.key());
    }
    return found;
  }

  private InputException wrong(String message, String key) {
    return new InputException(file.location(), message.formatted(Shown.of(key)));
  }
}

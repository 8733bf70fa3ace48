package org.lines4j.internal.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.internal.pickle.PickleBytes;
import org.lines4j.internal.pickle.PickleReader;
import org.lines4j.internal.pickle.Value;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;

/// A checkpoint of PyTorch since 1.6: a zip archive of `data.pkl` and the storages, each a record
/// `data/KEY`.
final class ZipFile {
  private ZipFile() {}

  static TorchContent read(ByteSource file) throws IOException {
    if (ZipRecords.names(file).stream().anyMatch(name -> name.endsWith("/constants.pkl"))) {
      throw new InputException(file.location(), "a program of TorchScript, not a checkpoint")
          .withRemedy(
              "save its weights alone: torch.save(torch.jit.load(FILE).state_dict(), OTHER)");
    }
    ZipRecords records = ZipRecords.read(file);
    ByteRange pickle =
        records
            .find("data.pkl")
            .orElseThrow(
                () -> new InputException(file.location(), "a zip archive without data.pkl"));
    boolean bigEndian = isBigEndian(file, records);
    PickleBytes bytes =
        new PickleBytes(file, pickle.from(), Math.addExact(pickle.from(), pickle.count()));
    Value value =
        PickleReader.read(bytes, outside -> StorageReference.check(outside, false, bytes));
    return new TorchContent(value, storage -> find(file, records, storage), bigEndian);
  }

  private static boolean isBigEndian(ByteSource file, ZipRecords records) throws IOException {
    ByteRange order = records.find("byteorder").orElse(new ByteRange(0, 0));
    byte[] bytes = new byte[(int) Math.min(order.count(), 16)];
    file.read(order.from(), MemorySegment.ofArray(bytes));
    String word = new String(bytes, StandardCharsets.ISO_8859_1);
    return switch (word) {
      case "", "little" -> false;
      case "big" -> true;
      default ->
          throw InputException.expected(
              file.location(), "its byte order", "little or big", Shown.of(word));
    };
  }

  private static ByteRange find(ByteSource file, ZipRecords records, StorageReference storage) {
    ByteRange bytes =
        records
            .find("data/" + storage.key())
            .orElseThrow(
                () ->
                    new InputException(
                            file.location(),
                            "the storage data/%s is missing".formatted(Shown.of(storage.key())))
                        .withRemedy("fetch the file again"));
    if (storage.byteSize(file.location()) > bytes.count()) {
      throw InputException.expected(
          file.location(),
          "the storage data/" + Shown.of(storage.key()),
          storage.byteSize(file.location()) + " bytes",
          bytes.count());
    }
    return bytes;
  }
}

package org.lines4j.internal.torch;

import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.internal.pickle.PickleBytes;
import org.lines4j.internal.pickle.Value;
import org.lines4j.internal.pickle.Value.Global;
import org.lines4j.internal.pickle.Value.Nothing;
import org.lines4j.internal.pickle.Value.Persistent;
import org.lines4j.internal.pickle.Value.Text;
import org.lines4j.internal.pickle.Value.Tuple;
import org.lines4j.internal.pickle.Value.Whole;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;

/// What a pickle says of a storage: `('storage', class, key, device, elements)`, and in old files a
/// part of it, `(key, first, elements)` or None.
///
/// @param key what its bytes are called
/// @param type of its elements; empty where it counts bytes
/// @param elements how many there are in all
/// @param first where the part begins that is meant
/// @param count of its elements
record StorageReference(String key, Optional<DType> type, long elements, long first, long count) {

  /// The bytes that an element takes.
  int width() {
    return type.map(DType::bytes).orElse(1);
  }

  /// The bytes of all of it.
  long byteSize(Location file) {
    try {
      return Math.multiplyExact(elements, width());
    } catch (ArithmeticException e) {
      throw new InputException(file, "storage %s has %d elements".formatted(key, elements));
    }
  }

  /// Whether what lies outside of the pickle is a storage; a class with its source, which old files
  /// have, is not.
  static boolean isStorage(Persistent outside) {
    return outside.id() instanceof Tuple tuple
        && !tuple.items().isEmpty()
        && tuple.items().getFirst() instanceof Text(String kind)
        && kind.equals("storage");
  }

  /// Checks that what lies outside is of a kind that is known.
  static void check(Persistent outside, boolean classes, PickleBytes at) {
    boolean known =
        outside.id() instanceof Tuple tuple
            && !tuple.items().isEmpty()
            && tuple.items().getFirst() instanceof Text(String kind)
            && (kind.equals("storage") || (classes && kind.equals("module")));
    if (!known) {
      throw at.wrong("a persistent id should be a tuple that begins with 'storage'");
    }
  }

  /// Reads it.
  static StorageReference of(Persistent outside, Location file) {
    List<Value> id = ((Tuple) outside.id()).items();
    if (id.size() < 5 || !(id.get(1) instanceof Global storage)) {
      throw malformed(file, "it should have a class, a key, a device and a size");
    }
    Optional<DType> type = ElementTypes.ofStorage(storage);
    if (type.isEmpty() && !ElementTypes.isUntyped(storage)) {
      throw new InputException(
              file, "storages of %s are not read".formatted(Shown.of(storage.fullName())))
          .withRemedy("convert these tensors to floats of 16 to 64 bits first");
    }
    String key = key(id.get(2), file);
    long elements = number(id.get(4), file);
    Value view = id.size() > 5 ? id.get(5) : Nothing.NOTHING;
    if (!(view instanceof Tuple part)) {
      return new StorageReference(key, type, elements, 0, elements);
    }
    if (part.items().size() != 3) {
      throw malformed(file, "a part of a storage should have a key, a start and a size");
    }
    long first = number(part.items().get(1), file);
    long count = number(part.items().get(2), file);
    if (first > elements || count > elements - first) {
      throw malformed(file, "a part of it lies outside of it");
    }
    return new StorageReference(key, type, elements, first, count);
  }

  private static String key(Value value, Location file) {
    return switch (value) {
      case Text(String key) -> key;
      case Whole(long key) -> String.valueOf(key);
      default -> throw malformed(file, "its key should be text");
    };
  }

  private static long number(Value value, Location file) {
    if (value instanceof Whole(long number) && number >= 0) {
      return number;
    }
    throw malformed(file, "its size should be a whole number");
  }

  private static InputException malformed(Location file, String message) {
    return new InputException(file, "what its pickle says of a storage is malformed: " + message);
  }
}

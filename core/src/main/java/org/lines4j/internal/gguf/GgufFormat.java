package org.lines4j.internal.gguf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.FileTensor;
import org.lines4j.format.InputFormat;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.gguf.GgufHeader.StoredBlocks;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// A `.gguf` file, the first of its parts (`NAME-00001-of-00003.gguf`), or a folder that holds one
/// model of them and no safetensors.
public final class GgufFormat implements InputFormat {
  /// What checkpoints of it are called.
  public static final String NAME = "gguf";

  private static final String SUFFIX = ".gguf";
  private static final String NUMBER = "split.no";
  private static final String COUNT = "split.count";
  private static final String TENSORS = "split.tensors.count";

  /// What readers of safetensors look for where this becomes some.
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognises(Storage storage, Location location) throws IOException {
    if (storage.kind(location) == Kind.FOLDER) {
      List<String> names = storage.list(location).stream().map(Entry::name).toList();
      return names.stream().anyMatch(name -> name.endsWith(SUFFIX))
          && names.stream().noneMatch(name -> name.contains(".safetensors"));
    }
    try (ByteSource file = storage.open(location)) {
      if (file.size() < Integer.BYTES) {
        return false;
      }
      MemorySegment magic = MemorySegment.ofArray(new byte[Integer.BYTES]);
      file.read(0, magic);
      return magic.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0)
          == HeaderReader.MAGIC;
    }
  }

  @Override
  public Checkpoint open(Storage storage, Location location) throws IOException {
    Location first = storage.kind(location) == Kind.FOLDER ? ofFolder(storage, location) : location;
    try (StoredCheckpoint.Builder builder = StoredCheckpoint.builder(NAME, location)) {
      ByteSource file = storage.openRegular(first);
      int shard = builder.file(file, METADATA);
      GgufHeader header = HeaderReader.read(file);
      checkIsModel(first, header);
      int parts = partsOf(header, first);
      add(builder, shard, file, header);
      long tensors = header.tensors().size();
      for (int part = 2; part <= parts; part++) {
        Location place = PartName.of(first, parts).orElseThrow().place(first, part);
        tensors += addPart(storage, builder, place, part, parts);
      }
      checkTotal(first, header, tensors);
      builder.remark(
          "its metadata stay behind, tokenizer and settings, and its tensors keep GGUF's names");
      return builder.build();
    }
  }

  /// What llama.cpp keeps in files of this form besides models.
  private static void checkIsModel(Location file, GgufHeader header) {
    String type = header.text("general.type").orElse("");
    if (type.equals("adapter") || header.text("adapter.type").isPresent()) {
      throw new InputException(file, "an adapter of llama.cpp, not a model")
          .withRemedy("give PEFT's adapter that it was made of, with its base: MODEL+ADAPTER");
    }
    if (type.equals("imatrix")) {
      throw new InputException(file, "an importance matrix of llama.cpp, not a model");
    }
    if (header.text("general.architecture").orElse("").equals("controlvector")) {
      throw new InputException(file, "a control vector of llama.cpp, not a model");
    }
  }

  /// The only model of a folder, or its first part.
  private static Location ofFolder(Storage storage, Location folder) throws IOException {
    Set<String> models =
        storage.list(folder).stream()
            .map(Entry::name)
            .filter(name -> name.endsWith(SUFFIX))
            .map(PartName::first)
            .collect(Collectors.toCollection(TreeSet::new));
    if (models.size() > 1) {
      throw InputException.expected(folder, "", "one GGUF model", String.join(", ", models))
          .withRemedy("name the file that you mean");
    }
    return folder.child(models.iterator().next());
  }

  /// How many files hold the model whose first file is given.
  private static int partsOf(GgufHeader header, Location file) {
    long parts = header.number(COUNT).orElse(1);
    if (parts == 0 || parts == 1) {
      return 1;
    }
    PartName name =
        PartName.of(file, parts)
            .orElseThrow(
                () ->
                    new InputException(
                        file,
                        "one of %s parts of a model, whose name should end in -00001-of-%s.gguf"
                            .formatted(parts, "%05d".formatted(parts))));
    if (name.number() != 1) {
      throw new InputException(file, "part %d of %d of a model".formatted(name.number(), parts))
          .withRemedy("name the first, " + name.place(file, 1));
    }
    checkNumber(header, file, 1);
    return (int) parts;
  }

  private static void checkNumber(GgufHeader header, Location file, int part) {
    long number = header.number(NUMBER).orElse(-1);
    if (number != part - 1) {
      throw new InputException(
              file,
              "%s should be %d, counted from 0, as its name says, found %d"
                  .formatted(NUMBER, part - 1, number))
          .withExpected(part - 1, number)
          .withRemedy("were the parts renamed?");
    }
  }

  private static int addPart(
      Storage storage, StoredCheckpoint.Builder builder, Location place, int part, int parts)
      throws IOException {
    ByteSource file = storage.openRegular(place);
    int shard = builder.file(file, METADATA);
    GgufHeader header = HeaderReader.read(file);
    add(builder, shard, file, header);
    checkNumber(header, place, part);
    long own = header.number(COUNT).orElse(1);
    if (own != parts) {
      throw new InputException(
              place, "%s should be %d, as in the first part, found %d".formatted(COUNT, parts, own))
          .withExpected(parts, own);
    }
    return header.tensors().size();
  }

  private static void add(
      StoredCheckpoint.Builder builder, int shard, ByteSource file, GgufHeader header) {
    header.tensors().forEach(tensor -> builder.tensor(shard, source(file, tensor)));
  }

  private static TensorSource source(ByteSource file, StoredBlocks tensor) {
    TensorInfo info = tensor.info();
    if (tensor.type().isPlain()) {
      return new FileTensor(info, file, tensor.place());
    }
    TensorInfo bytes = new TensorInfo(info.name(), DType.U8, Shape.of(tensor.byteSize()));
    return new BlockTensor(info, tensor.type(), new FileTensor(bytes, file, tensor.place()));
  }

  private static void checkTotal(Location file, GgufHeader header, long tensors) {
    if (tensors == 0) {
      throw new InputException(file, "it holds no tensors: a vocabulary alone, not a model");
    }
    OptionalLong total = header.number(TENSORS);
    if (total.isPresent() && total.getAsLong() != tensors) {
      throw new InputException(
          file,
          "%s says %d, all parts have %d together".formatted(TENSORS, total.getAsLong(), tensors));
    }
  }
}

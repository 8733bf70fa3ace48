package org.lines4j.doors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Edit;
import org.lines4j.cli.Main;
import org.lines4j.doors.memory.MemoryStorage;
import org.lines4j.doors.npy.NpyFiles;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// A format, a storage and an output format of a third party give what ours give, byte by byte.
class DoorsTest {
  private static final int LAYERS = 4;

  @TempDir private Path folder;

  @BeforeEach
  void makeModels() throws IOException {
    for (String name : List.of("base", "tuned", "other")) {
      model(name, name.hashCode());
    }
  }

  /// As a safetensors file, as a folder of NumPy arrays, and in memory.
  private void model(String name, long seed) throws IOException {
    Random random = new Random(seed);
    List<TensorInfo> infos = new ArrayList<>();
    infos.add(new TensorInfo("embed.weight", DType.F32, Shape.of(7, 5)));
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers." + i + ".";
      infos.add(new TensorInfo(layer + "attn.weight", DType.F32, Shape.of(5, 5)));
      infos.add(new TensorInfo(layer + "norm.weight", DType.F32, Shape.of(5)));
    }
    infos.add(new TensorInfo("norm.weight", DType.F32, Shape.of(5)));
    infos.sort(java.util.Comparator.comparing(TensorInfo::name)); // as a listing has them
    Path arrays = Files.createDirectories(folder.resolve(name + "-npy"));
    Path file = folder.resolve(name + ".safetensors");
    try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of())) {
      for (TensorInfo info : infos) {
        ByteBuffer bytes =
            ByteBuffer.allocate((int) info.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
          bytes.putFloat(random.nextFloat() - 0.5f);
        }
        writer.write(info.name(), MemorySegment.ofArray(bytes.array()));
        Files.write(
            arrays.resolve(info.name() + ".npy"),
            NpyFiles.bytes(info.shape().dims(), bytes.array()));
      }
      writer.publish();
    }
    MemoryStorage.put(memory(name + "/model.safetensors"), Files.readAllBytes(file));
    MemoryStorage.put(
        memory(name + "/config.json"),
        "{\"num_hidden_layers\": 4}".getBytes(StandardCharsets.UTF_8));
  }

  private static Location memory(String name) {
    return Location.parse("mem://" + name);
  }

  private static String lines(Object... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] args = java.util.Arrays.stream(words).map(String::valueOf).toArray(String[]::new);
    assertEquals(0, Main.run(args, out, err), err.toString());
    return out.toString();
  }

  /// What is said of a model, but for what lies where and how.
  private static String inspected(Object model) {
    return lines("inspect", model, "--json")
        .replaceFirst("\"format\":\"[^\"]*\",\"place\":\"[^\"]*\",\"files\":\\[[^]]*],", "");
  }

  private static String failing(Object... words) {
    StringWriter err = new StringWriter();
    String[] args = java.util.Arrays.stream(words).map(String::valueOf).toArray(String[]::new);
    assertNotEquals(0, Main.run(args, new StringWriter(), err));
    return err.toString();
  }

  /// By a recipe of models that are called `before` their name and `kind`.
  private void merged(String kind, String before, Object out, String path) throws IOException {
    Path recipe = at("recipe.yml");
    Files.writeString(
        recipe,
        """
        merge_method: ties
        base_model: %1$sbase%2$s
        models:
        - {model: %1$stuned%2$s, parameters: {density: 0.5%3$s}}
        - {model: %1$sother%2$s, parameters: {density: 0.4}}
        parameters: {trim_scope: model}
        lines: {alpha: auto, beta: 0.4}
        %4$s
        """
            .formatted(before, kind, path.isEmpty() ? "" : ", weight: w", path));
    lines("merge", recipe, out);
  }

  private Path edited(String kind, String out) {
    Path place = at(out);
    lines("edit", "--base", at("base" + kind), "--tuned", at("tuned" + kind), "--out", place);
    return place;
  }

  private Path at(String name) {
    return folder.resolve(name);
  }

  @Test
  void aThirdPartysFormatIsEdited() throws IOException {
    Path ours = edited(".safetensors", "ours.safetensors");
    Path theirs = edited("-npy", "theirs.safetensors");
    assertArrayEquals(Files.readAllBytes(ours), Files.readAllBytes(theirs));
  }

  @Test
  void aThirdPartysFormatIsMerged() throws IOException {
    for (String kind : List.of(".safetensors", "-npy")) {
      merged(kind, "", at("merged" + kind + ".safetensors"), "");
    }
    assertArrayEquals(
        Files.readAllBytes(at("merged.safetensors.safetensors")),
        Files.readAllBytes(at("merged-npy.safetensors")));
  }

  @Test
  void aThirdPartysFormatIsInspectedAndCompared() {
    assertEquals(inspected(at("base.safetensors")), inspected(at("base-npy")));
    assertTrue(lines("inspect", at("base-npy"), "--json").startsWith("{\"format\":\"npy\""));
    assertEquals(
        lines("diff", at("base.safetensors"), at("tuned.safetensors"), "--json")
            .replaceAll("(base|tuned).safetensors", "x"),
        lines("diff", at("base-npy"), at("tuned-npy"), "--json")
            .replaceAll("(base|tuned)-npy", "x"));
  }

  @Test
  void aThirdPartysOutputFormatHoldsWhatOursDoes() throws IOException {
    Path ours = edited(".safetensors", "ours.safetensors");
    Path theirs = edited(".safetensors", "theirs.flat");
    byte[] flat = Files.readAllBytes(theirs);
    String text = new String(flat, StandardCharsets.ISO_8859_1);
    try (Checkpoint written = Checkpoint.open(ours)) {
      for (StoredTensor tensor : written.tensors()) {
        byte[] bytes = new byte[(int) tensor.byteSize()];
        written.source(tensor).read(0, MemorySegment.ofArray(bytes));
        java.util.regex.Matcher line =
            java.util.regex.Pattern.compile(
                    "(?m)^" + java.util.regex.Pattern.quote(tensor.name()) + " (\\d+) (\\d+)$")
                .matcher(text);
        assertTrue(line.find(), tensor.name());
        int start = Integer.parseInt(line.group(1));
        assertArrayEquals(bytes, java.util.Arrays.copyOfRange(flat, start, start + bytes.length));
        assertEquals(0, flat[start + bytes.length], "a gap is zero");
      }
    }
  }

  @Test
  void aThirdPartysStorageIsEditedByTheCommandLine() throws IOException {
    Path ours = edited(".safetensors", "ours.safetensors");
    lines("edit", "--base", "mem://base", "--tuned", "mem://tuned", "--out", "mem://by-lines");
    assertArrayEquals(
        Files.readAllBytes(ours), MemoryStorage.get(memory("by-lines/model.safetensors")));
    lines("edit", "--base", at("base-npy"), "--tuned", "mem://tuned", "--out", "mem://one.flat");
    lines(
        "edit",
        "--base=" + at("base.safetensors"),
        "--tuned=" + at("tuned.safetensors"),
        "--out=" + at("one.flat"));
    assertArrayEquals(Files.readAllBytes(at("one.flat")), MemoryStorage.get(memory("one.flat")));
  }

  @Test
  void aThirdPartysStorageIsMergedByTheCommandLine() throws IOException {
    merged(".safetensors", "", at("ours.safetensors"), "");
    merged("", "mem://", "mem://merged", "");
    assertArrayEquals(
        Files.readAllBytes(at("ours.safetensors")),
        MemoryStorage.get(memory("merged/model.safetensors")));
  }

  @Test
  void aPathOfMergesGoesToAThirdPartysStorage() throws IOException {
    String path = "path: {w: [0.5, 1]}";
    merged(".safetensors", "", at("ours.safetensors"), path);
    merged("", "mem://", "mem://path", path);
    merged("", "mem://", "mem://path.safetensors", path);
    for (String value : List.of("w=0.5", "w=1")) {
      byte[] expected = Files.readAllBytes(at("ours-" + value + ".safetensors"));
      assertArrayEquals(
          expected, MemoryStorage.get(memory("path/" + value + "/model.safetensors")));
      assertArrayEquals(expected, MemoryStorage.get(memory("path-" + value + ".safetensors")));
    }
    assertTrue(failing("merge", at("recipe.yml"), "mem://path").contains("exists already"));
    lines("merge", at("recipe.yml"), "mem://path", "--skip-existing");
  }

  @Test
  void aThirdPartysStorageIsInspectedAndCompared() {
    assertEquals(inspected(at("base.safetensors")), inspected("mem://base"));
    assertTrue(lines("inspect", "mem://base", "--json").contains("\"place\":\"mem://base\""));
    assertEquals(
        lines("diff", at("base.safetensors"), at("tuned.safetensors"), "--json"),
        lines("diff", "mem://base", "mem://tuned", "--json"));
  }

  /// Measures the bytes of the weights that lines writes, and takes other models for average.
  private static final String EVALUATOR =
      """
      file=$1
      [ ! -d "$file" ] || file=$file/model.safetensors
      [ -f "$file" ] || { echo '{"m": 0.5}'; exit; }
      printf '{"m": 0.%010d}' "$(cksum < "$file" | cut -d ' ' -f 1)"
      """;

  private String tuned(Object base, Object tuned, String out) throws IOException {
    Path script = at("evaluate.sh");
    Files.writeString(script, EVALUATOR);
    String command = "sh '" + script + "' {model}";
    return lines(
        "tune",
        "--base=" + base,
        "--tuned=" + tuned,
        "--evaluate=" + command,
        "--target=m",
        "--grid=1, 0.5, 0",
        "--out=" + at(out),
        "--json",
        "--quiet");
  }

  private static String profiles(String results) {
    int start = results.indexOf("\"profiles\"");
    return results.substring(start, results.indexOf("\n  } ]", start));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // the evaluator is a shell script
  void aThirdPartysFormatAndStorageAreTuned() throws IOException {
    String ours = profiles(tuned(at("base.safetensors"), at("tuned.safetensors"), "ours"));
    String arrays = profiles(tuned(at("base-npy"), at("tuned-npy"), "npy"));
    assertTrue(arrays.contains("\"m\""), arrays); // of several files, as the base is
    String memory = tuned("mem://base", "mem://tuned", "memory");
    assertEquals(ours, profiles(memory));
    assertTrue(memory.contains("\"mem://base\""), memory);

    lines("merge", at("ours/best.yml"), at("best.safetensors"));
    lines("merge", at("memory/best.yml"), "mem://best");
    assertArrayEquals(
        Files.readAllBytes(at("best.safetensors")),
        MemoryStorage.get(memory("best/model.safetensors")));
  }

  @Test
  void aStorageThatNobodyHasIsNamed() {
    String error = failing("inspect", "nowhere://bucket/model");
    assertTrue(error.contains("nothing here can read or write nowhere://"), error);
  }

  @Test
  void aThirdPartysStorageIsReadAndWritten() throws IOException {
    Path ours = edited(".safetensors", "ours.safetensors");
    try (Checkpoint base = Checkpoint.open(memory("base"));
        Checkpoint tuned = Checkpoint.open(memory("tuned"))) {
      Edit.of(base, tuned).plan(memory("out")).run();
    }
    assertArrayEquals(Files.readAllBytes(ours), MemoryStorage.get(memory("out/model.safetensors")));
    assertTrue(MemoryStorage.get(memory("out/config.json")).length > 0, "configuration goes along");
    String card = new String(MemoryStorage.get(memory("out/README.md")), StandardCharsets.UTF_8);
    assertTrue(card.contains("base/model.safetensors"), card);
  }
}

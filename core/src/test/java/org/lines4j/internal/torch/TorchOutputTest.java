package org.lines4j.internal.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Convert;
import org.lines4j.Edit;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.FileLayout;
import org.lines4j.format.FileLayout.Constant;
import org.lines4j.format.FileTensor;
import org.lines4j.format.Seal;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.pickle.Value;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;
import org.lines4j.testing.Models;
import org.lines4j.testing.TensorContents;

/// What is written is what PyTorch writes: a zip archive that any reader of zips finds in order.
/// That `torch.load` reads it is tried by `tools/transformers-check`.
class TorchOutputTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "torch");

  @TempDir private Path folder;

  static List<TorchCasesTest.Case> accepted() throws IOException {
    return TorchCasesTest.cases()
        .filter(golden -> golden.verdict().equals("accept") && !golden.expected().isEmpty())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void everyCheckpointThatIsReadComesOutWithTheSameBits(TorchCasesTest.Case golden)
      throws IOException {
    String key = golden.key().isEmpty() ? "" : "#" + golden.key();
    Path torch = folder.resolve("out.pt");
    Path safetensors = folder.resolve("out.safetensors");
    try (Checkpoint model = Checkpoint.open(Location.parse(golden.input() + key))) {
      Convert.of(model).plan(torch).run();
      Convert.of(model).plan(safetensors).run();
    }
    assertIsSound(torch);
    assertSame(FOLDER.resolve(golden.expected()), torch);
    assertSame(FOLDER.resolve(golden.expected()), safetensors);
  }

  private static void assertSame(Path expected, Path found) throws IOException {
    try (Checkpoint wanted = Checkpoint.open(expected);
        Checkpoint made = Checkpoint.open(found)) {
      assertEquals(TensorContents.names(wanted), TensorContents.names(made));
      for (StoredTensor tensor : wanted.tensors()) {
        StoredTensor own = made.find(tensor.name()).orElseThrow();
        assertEquals(tensor.info(), own.info());
        assertArrayEquals(
            TensorContents.bytes(wanted.source(tensor)),
            TensorContents.bytes(made.source(own)),
            tensor.name());
      }
    }
  }

  /// Java's own reader takes the directory's word for where records are, its stream that of the
  /// headers before them, and checks each record's checksum.
  private static void assertIsSound(Path file) throws IOException {
    List<String> names = new ArrayList<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        names.add(entry.getName());
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        CRC32 crc = new CRC32();
        crc.update(bytes);
        assertEquals(crc.getValue(), entry.getCrc(), entry.getName());
        assertEquals(ZipEntry.STORED, entry.getMethod());
      }
      assertEquals("3\n", text(zip, "archive/version"));
      assertEquals("little", text(zip, "archive/byteorder"));
      assertTrue(text(zip, "archive/.data/serialization_id").matches("\\d{40}"));
    }
    List<String> streamed = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        streamed.add(entry.getName());
        zip.readAllBytes();
      }
    }
    assertEquals(names, streamed);
    assertEquals("archive/data.pkl", names.getFirst());
    try (Checkpoint made = Checkpoint.open(file)) {
      for (StoredTensor tensor : made.tensors()) {
        long place = ((FileTensor) made.source(tensor)).place();
        assertEquals(0, place % 64, tensor.name());
      }
    }
  }

  private static String text(ZipFile zip, String name) throws IOException {
    byte[] bytes = zip.getInputStream(zip.getEntry(name)).readAllBytes();
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  @Test
  void theSameBytesComeOutWhateverTheThreadsAndChunks() throws IOException {
    Path base = Models.file(folder.resolve("base.safetensors"), 5, 50_001, 1);
    Path tuned = Models.file(folder.resolve("tuned.safetensors"), 5, 50_001, 2);
    Path reference = folder.resolve("reference.safetensors");
    byte[] first = {};
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Edit edit = Edit.of(from, to);
      edit.plan(reference).run();
      for (int threads : List.of(1, 2, 7)) {
        for (int chunk : List.of(1 << 16, 1 << 22)) {
          Path out = folder.resolve("out-%d-%d.pth".formatted(threads, chunk));
          edit.plan(out).run(RunOptions.defaults().withThreads(threads).withChunkBytes(chunk));
          byte[] bytes = Files.readAllBytes(out);
          first = first.length == 0 ? bytes : first;
          assertArrayEquals(first, bytes, out.toString());
          assertIsSound(out);
        }
      }
      assertSame(reference, folder.resolve("out-7-65536.pth"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"MNISTVal", "DTDVal"})
  void theAuthorsFilesGiveAFileOfTheirs(String task) throws IOException {
    Path models = FOLDER.resolve("lines_layout/ViT-B-32").resolve(task);
    Path torch = folder.resolve("lines.pt");
    Path safetensors = folder.resolve("lines.safetensors");
    try (Checkpoint base = Checkpoint.open(models.resolve("nonlinear_zeroshot.pt"));
        Checkpoint tuned = Checkpoint.open(models.resolve("nonlinear_finetuned.pt"))) {
      assertEquals(List.of(), Edit.of(base, tuned).plan(torch).notices());
      Edit.of(base, tuned).plan(torch).run();
      Edit.of(base, tuned).plan(safetensors).run();
    }
    assertIsSound(torch);
    assertSame(safetensors, torch);
  }

  @Test
  void whatIsTiedInTheInputIsWrittenOnceUnderBothNames() throws IOException {
    Path out = folder.resolve("out.pt");
    try (Checkpoint model = Checkpoint.open(FOLDER.resolve("ok/zip_views/model.pt"))) {
      Convert.of(model).plan(out).run();
    }
    try (Checkpoint made = Checkpoint.open(out)) {
      assertTrue(source(made, "param").isTiedTo(source(made, "tied")));
      assertFalse(source(made, "base").isTiedTo(source(made, "row")));
    }
    assertIsSound(out);
  }

  @Test
  void tiedTensorsThatAreEditedStayTied() throws IOException {
    Path model = FOLDER.resolve("ok/zip_views/model.pt");
    Path out = folder.resolve("out.pt");
    try (Checkpoint base = Checkpoint.open(model);
        Checkpoint tuned = Checkpoint.open(model)) {
      Edit.of(base, tuned).withStackless().plan(out).run();
    }
    try (Checkpoint made = Checkpoint.open(out)) {
      assertTrue(source(made, "param").isTiedTo(source(made, "tied")));
    }
    assertSame(FOLDER.resolve("expected/zip_views.safetensors"), out);
  }

  private static TensorSource source(Checkpoint model, String name) {
    return model.source(model.find(name).orElseThrow());
  }

  @Test
  void aModuleGivesItsStateDictAndTheUserIsTold() throws IOException {
    Path models = FOLDER.resolve("module/ViT-B-32/MNIST");
    Path out = folder.resolve("lines.pt");
    try (Checkpoint base = Checkpoint.open(models.resolve("zeroshot.pt"));
        Checkpoint tuned = Checkpoint.open(models.resolve("finetuned.pt"))) {
      List<String> notices = Edit.of(base, tuned).plan(out).notices();
      assertEquals(
          List.of(
              "%s, %s: a whole pickled module, of which the state dict is taken"
                  .formatted(base.location(), tuned.location())),
          notices);
    }
  }

  /// As Ultralytics' files have it: what reads them looks for a module under the key.
  @Test
  void allThatLiesBesideAModuleStaysBehindAndTheUserIsTold() throws IOException {
    Path out = folder.resolve("out.pt");
    try (Checkpoint model = Checkpoint.open(FOLDER.resolve("module/buffers/wrapped.pt"))) {
      Plan plan = Convert.of(model).plan(out);
      assertEquals(
          List.of(
              model.location()
                  + ": a whole pickled module, of which the state dict is taken; what lies beside"
                  + " the model, which is under model, stays behind: epoch, optimizer"),
          plan.notices());
      plan.run();
      Value.Dict dict = StateDicts.entries(content(out)).orElseThrow();
      assertTrue(dict.find("epoch").isEmpty());
      assertTrue(dict.find("model").isEmpty());
    }
  }

  @Test
  void whatLiesBesideAModelIsNamedWhenItStaysBehind() throws IOException {
    try (Checkpoint model = Checkpoint.open(FOLDER.resolve("ok/tutorial/checkpoint.tar"))) {
      List<String> notices = Convert.of(model).plan(folder.resolve("out.pt")).notices();
      assertEquals(
          List.of(
              model.location()
                  + ": what lies beside the model, which is under model_state_dict, stays behind:"
                  + " optimizer_state_dict; plain values beside the model go along"
                  + " into files of PyTorch alone: epoch, loss"),
          notices);
    }
  }

  /// As loaders look for it: with what they read beside it.
  @Test
  void theModelLiesWhereItLayWithPlainValuesBesideIt() throws IOException {
    Path out = folder.resolve("out.pt");
    try (Checkpoint model = Checkpoint.open(FOLDER.resolve("ok/tutorial/checkpoint.tar"))) {
      Convert.of(model).plan(out).run();
      Value.Dict dict = (Value.Dict) content(out);
      assertEquals(3, dict.entries().size());
      assertEquals(Optional.of(new Value.Whole(5)), dict.find("epoch"));
      assertEquals(Optional.of(new Value.Real(0.4)), dict.find("loss"));
      Value.Call state = (Value.Call) dict.find("model_state_dict").orElseThrow();
      assertEquals(model.tensors().size(), state.dict().entries().size());
    }
    assertSame(FOLDER.resolve("ok/tutorial/checkpoint.tar"), out);
  }

  /// As the models of pyannote.audio lie on the Hub.
  @Test
  void soItDoesWhereTheFileLiesInAFolder() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.copy(FOLDER.resolve("ok/tutorial/checkpoint.tar"), model.resolve("pytorch_model.bin"));
    Path out = folder.resolve("out.bin");
    try (Checkpoint read = Checkpoint.open(model)) {
      Convert.of(read).plan(out).run();
    }
    Value.Dict dict = (Value.Dict) content(out);
    assertEquals(Optional.of(new Value.Whole(5)), dict.find("epoch"));
    assertTrue(dict.find("model_state_dict").isPresent());
  }

  private static Value content(Path file) throws IOException {
    try (ByteSource bytes = Storages.of(Location.of(file)).open(Location.of(file))) {
      return org.lines4j.internal.torch.ZipFile.read(bytes).value();
    }
  }

  @Test
  void aTypeThatPyTorchDoesNotHaveIsRefused() {
    TensorInfo tensor = new TensorInfo("w", DType.F4, Shape.of(4));
    RequestException e =
        assertThrows(
            RequestException.class,
            () -> new TorchOutput().layout(Map.of(), List.of(EncodedTensor.of(tensor))));
    assertTrue(String.valueOf(e.getMessage()).contains("tensor w"), e.getMessage());
  }

  /// Nothing is written but what is known before and last: the file has holes.
  @Test
  void sizesAndPlacesBeyondFourGigabytesAreWrittenInFull() throws IOException {
    Path file = folder.resolve("large.pt");
    List<TensorInfo> tensors =
        List.of(
            new TensorInfo("large", DType.U8, Shape.of(5L << 30)),
            new TensorInfo("behind", DType.F32, Shape.of(3)));
    FileLayout layout =
        new TorchOutput().layout(Map.of(), tensors.stream().map(EncodedTensor::of).toList());
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(layout.size());
      for (Constant constant : layout.constants()) {
        write(out, constant.start(), constant.bytes().toArray(ValueLayout.JAVA_BYTE));
      }
      Seal seal = layout.seal().orElseThrow();
      List<ByteRange> places = seal.places();
      List<byte[]> bytes = seal.bytes(new int[] {17, 18});
      for (int i = 0; i < places.size(); i++) {
        assertEquals(places.get(i).count(), bytes.get(i).length);
        write(out, places.get(i).from(), bytes.get(i));
      }
    }
    try (ZipFile zip = new ZipFile(file.toFile());
        Checkpoint model = Checkpoint.open(file)) {
      assertEquals(5L << 30, zip.getEntry("archive/data/0").getSize());
      assertEquals(17, zip.getEntry("archive/data/0").getCrc());
      assertEquals(18, zip.getEntry("archive/data/1").getCrc());
      assertEquals(tensors, model.infos());
    }
  }

  private static void write(RandomAccessFile out, long at, byte[] bytes) throws IOException {
    out.seek(at);
    out.write(bytes);
  }
}

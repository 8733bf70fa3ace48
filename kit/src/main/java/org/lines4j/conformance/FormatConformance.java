package org.lines4j.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.format.InputFormat;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// What every [InputFormat] must do, tried on models of it: small ones, of each kind that there is,
/// made by the format's own tools if that can be.
///
/// ```java
/// class NpyFolderTest extends FormatConformance {
///   @Override
///   protected InputFormat format() {
///     return new NpyFolder();
///   }
///
///   @Override
///   protected List<Path> models() {
///     return List.of(Path.of("src/test/resources/npy/small"));
///   }
/// }
/// ```
///
/// Models are read from memory, where the tests see which files are open, and which bytes are read.
@Timeout(600)
public abstract class FormatConformance {
  /// The most that one file of a model may have: each is read thousands of times.
  private static final int LARGEST = 1 << 22;

  /// What a look at a file may read of it, headers far behind included.
  private static final int A_LOOK = 1 << 20;

  /// Sets it up; the tests set up theirs in their own constructors.
  protected FormatConformance() {}

  /// The format under test, which must be registered as a service.
  protected abstract InputFormat format();

  /// Files and folders of the format, a few megabytes each at most.
  protected abstract List<Path> models() throws IOException;

  /// What reading all of each tensor must give, as the format's own tools say; empty where that is
  /// not known, and only the reads are compared with each other.
  protected Map<String, byte[]> contents(Path model) throws IOException {
    return Map.of();
  }

  /// A test on one model.
  @FunctionalInterface
  private interface Trial {
    void on(ModelUnderTest model) throws Exception;
  }

  private Stream<DynamicTest> tests(Trial trial) throws IOException {
    List<Path> models = models();
    assertFalse(models.isEmpty(), "there should be models of the format to try it on");
    return models.stream()
        .map(
            path ->
                dynamicTest(
                    String.valueOf(path.getFileName()),
                    () -> {
                      try (ModelUnderTest model = new ModelUnderTest(format(), files(path))) {
                        trial.on(model);
                      }
                    }));
  }

  /// A file's content under the empty name, or a folder's files.
  private static Map<String, byte[]> files(Path path) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(path)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        assertTrue(Files.size(file) <= LARGEST, () -> file + " is too long to be tried on");
        String name = path.relativize(file).toString().replace('\\', '/');
        files.put(name, Files.readAllBytes(file));
      }
    }
    return files;
  }

  @Test
  public final void itHasANameAndIsFound() throws IOException {
    assertFalse(format().name().isBlank());
    for (Path path : models()) {
      assertTrue(Formats.isModel(Location.of(path)), path.toString());
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        assertEquals(format().name(), checkpoint.format(), path.toString());
      }
    }
  }

  @TestFactory
  public final Stream<DynamicTest> aModelIsRecognisedWithoutReadingMuch() throws IOException {
    return tests(
        model -> {
          assertTrue(model.isRecognised());
          assertEquals(0, model.files().open.get(), "files are left open");
          long read = model.files().bytesRead.get();
          assertTrue(read <= A_LOOK, () -> read + " bytes were read");
        });
  }

  /// By what it holds: not by what it is called.
  @TestFactory
  public final Stream<DynamicTest> whatIsCalledAlikeIsNotRecognised() throws IOException {
    return tests(
        model -> {
          if (model.isFolder()) {
            return; // a folder's files may well be told by their names: they are read when opened
          }
          for (byte[] junk :
              List.of(
                  new byte[0],
                  new byte[1],
                  new byte[5000],
                  Bytes.random(1, 5000),
                  "<!DOCTYPE html><html>no such model</html>".getBytes(StandardCharsets.UTF_8),
                  "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9\n"
                      .getBytes(StandardCharsets.UTF_8))) {
            try (ModelUnderTest other = model.with("", junk)) {
              assertFalse(other.isRecognised(), () -> "found in " + junk.length + " bytes of junk");
              assertEquals(0, other.files().open.get(), "files are left open");
            }
          }
        });
  }

  @TestFactory
  public final Stream<DynamicTest> whatIsSaidOfAModelFitsTogether() throws IOException {
    return tests(
        model -> {
          try (Checkpoint checkpoint = model.open()) {
            assertEquals(format().name(), checkpoint.format());
            assertEquals(model.location(), checkpoint.location());
            assertEquals(model.isFolder(), checkpoint.isFolder());
            Set<String> names = new HashSet<>();
            List<StoredTensor> ofShards = new ArrayList<>();
            for (int i = 0; i < checkpoint.shards().size(); i++) {
              Shard shard = checkpoint.shards().get(i);
              assertTrue(shard.size() > 0);
              ofShards.addAll(shard.tensors());
              for (StoredTensor tensor : shard.tensors()) {
                assertEquals(i, tensor.shard(), tensor.name());
              }
            }
            assertEquals(checkpoint.tensors(), ofShards, "tensors, shard after shard");
            for (StoredTensor tensor : checkpoint.tensors()) {
              assertTrue(names.add(tensor.name()), () -> "two are called " + tensor.name());
              assertEquals(Optional.of(tensor), checkpoint.find(tensor.name()));
              TensorInfo read = checkpoint.source(tensor).info();
              assertEquals(tensor.info(), read, "what its source says");
              assertTrue(checkpoint.source(tensor).block() >= 1);
            }
            assertFalse(names.isEmpty(), "a model to try it on should have tensors");
            assertEquals(Optional.empty(), checkpoint.find("no tensor is called that"));
          }
        });
  }

  @TestFactory
  public final Stream<DynamicTest> aModelIsTheSameEachTimeItIsOpened() throws IOException {
    return tests(
        model -> {
          try (Checkpoint first = model.open();
              Checkpoint second = model.open()) {
            assertEquals(first.infos(), second.infos());
            for (TensorInfo info : first.infos()) {
              byte[] content = model.content(first, info.name());
              assertArrayEquals(content, model.content(second, info.name()), info.name());
            }
          }
        });
  }

  @Test
  public final void aModelHoldsWhatItsOwnToolsSay() throws IOException {
    for (Path path : models()) {
      Map<String, byte[]> contents = contents(path);
      if (contents.isEmpty()) {
        continue;
      }
      try (ModelUnderTest model = new ModelUnderTest(format(), files(path));
          Checkpoint checkpoint = model.open()) {
        Set<String> names = new HashSet<>();
        checkpoint.infos().forEach(info -> names.add(info.name()));
        assertEquals(contents.keySet(), names, path.toString());
        for (Map.Entry<String, byte[]> tensor : contents.entrySet()) {
          assertArrayEquals(
              tensor.getValue(),
              model.content(checkpoint, tensor.getKey()),
              path + ": " + tensor.getKey());
        }
      }
    }
  }

  @TestFactory
  public final Stream<DynamicTest> tensorsAreReadAtAnyPlaceAndLength() throws IOException {
    return tests(
        model -> {
          try (Checkpoint checkpoint = model.open()) {
            for (StoredTensor tensor : checkpoint.tensors()) {
              new TensorReads(checkpoint, tensor).check(new Random(1));
            }
          }
        });
  }

  @TestFactory
  public final Stream<DynamicTest> tensorsAreReadByManyThreads() throws IOException {
    return tests(
        model -> {
          try (Checkpoint checkpoint = model.open()) {
            List<TensorReads> reads = new ArrayList<>();
            for (StoredTensor tensor : checkpoint.tensors()) {
              reads.add(new TensorReads(checkpoint, tensor));
            }
            Parallel.run(
                thread -> {
                  Random random = new Random(thread);
                  for (int i = 0; i < Math.min(60, 4 * reads.size()); i++) {
                    reads.get(random.nextInt(reads.size())).checkSome(random, 10);
                  }
                });
          }
        });
  }

  /// So that a storage far away can fetch all that a read takes at once.
  @TestFactory
  public final Stream<DynamicTest> nothingIsReadButWhatIsAnnounced() throws IOException {
    return tests(
        model -> {
          try (Checkpoint checkpoint = model.open()) {
            for (StoredTensor tensor : checkpoint.tensors()) {
              new TensorReads(checkpoint, tensor).checkRanges(model.files(), new Random(2));
            }
          }
        });
  }

  @TestFactory
  public final Stream<DynamicTest> aChangedModelIsNoticed() throws IOException {
    return tests(
        model -> {
          try (Checkpoint checkpoint = model.open()) {
            checkpoint.checkUnchanged();
            model.files().change();
            assertThrows(IOException.class, checkpoint::checkUnchanged);
          }
        });
  }

  @TestFactory
  public final Stream<DynamicTest> aClosedModelLeavesNoFileOpen() throws IOException {
    return tests(
        model -> {
          Checkpoint checkpoint = model.open();
          assertTrue(model.files().open.get() > 0, "it should hold its files open");
          checkpoint.close();
          assertEquals(0, model.files().open.get(), "files are left open");
        });
  }

  @TestFactory
  public final Stream<DynamicTest> truncatedFilesAreRefusedOrGiveTheSame() throws IOException {
    return tests(model -> new Damage(model).truncate());
  }

  @TestFactory
  public final Stream<DynamicTest> changedBytesAreRefusedOrGiveSomethingWhole() throws IOException {
    return tests(model -> new Damage(model).flip());
  }

  @TestFactory
  public final Stream<DynamicTest> hugeNumbersAreRefusedOrGiveSomethingWhole() throws IOException {
    return tests(model -> new Damage(model).exaggerate());
  }
}

package org.lines4j.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.InputFormat;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.local.LocalStorage;
import org.lines4j.internal.safetensors.SafetensorsFormat;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.Storage;

/// The kit finds what is wrong: storages and formats with a fault each fail the tests that are
/// there for it.
class StrictnessTest {
  @TempDir private Path folder;

  /// What a fault makes of what a method would have returned.
  @FunctionalInterface
  private interface Fault {
    Object of(Object result);
  }

  /// `sound`, but for what one of its methods returns.
  private static <T> T faulty(Class<T> type, Object sound, String method, Fault fault) {
    InvocationHandler handler =
        (proxy, called, arguments) -> {
          try {
            Object result = called.invoke(sound, arguments);
            return called.getName().equals(method) ? fault.of(result) : result;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private void assertFound(String test, Storage faulty) throws Exception {
    LocalStorageTest kit =
        new LocalStorageTest() {
          @Override
          protected Storage storage() {
            return faulty;
          }

          @Override
          protected Location newFolder() {
            return Location.of(folder);
          }
        };
    kit.beginFolder();
    Method method = StorageConformance.class.getMethod(test);
    assertTrue(fails(() -> method.invoke(kit)), test);
  }

  /// Something that fails or does not.
  @FunctionalInterface
  private interface Attempt {
    void run() throws Throwable;
  }

  private static boolean fails(Attempt attempt) {
    try {
      attempt.run();
      return false;
    } catch (Throwable e) {
      return e instanceof InvocationTargetException wrapped
          ? wrapped.getCause() instanceof AssertionError
          : e instanceof AssertionError;
    }
  }

  private static Storage storage(String method, Fault fault) {
    return faulty(Storage.class, new LocalStorage(), method, fault);
  }

  @Test
  void storagesWithAFaultAreFound() throws Exception {
    assertFound(
        "aFolderListsWhatLiesInItByName", storage("list", result -> ((List<?>) result).reversed()));
    assertFound("itKnowsWhatLiesInWhat", storage("contains", _ -> true));
    assertFound(
        "aStampTellsThatTheFileChanged",
        storage(
            "open",
            file ->
                faulty(ByteSource.class, file, "stamp", _ -> new Stamp("same", Optional.empty()))));
    assertFound("linksAreKnownForWhatTheyAre", storage("isOwn", _ -> true));
  }

  @Test
  void draftsThatAppearTooEarlyAreFound() throws Exception {
    assertFound(
        "aFolderAppearsWhenItIsPublished",
        storage(
            "draft",
            draft -> faulty(Draft.class, draft, "write", publishingAfter(2, (Draft) draft))));
  }

  /// Publishes a draft when it was written to so many times.
  private static Fault publishingAfter(int writes, Draft draft) {
    AtomicInteger left = new AtomicInteger(writes);
    return result -> {
      try {
        if (left.decrementAndGet() == 0) {
          draft.publish();
        }
        return result;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static boolean finds(InputFormat faulty, Trial trial) throws IOException {
    FormatConformance kit =
        new SafetensorsFormatTest() {
          @Override
          protected InputFormat format() {
            return faulty;
          }
        };
    List<DynamicTest> tests = new ArrayList<>(trial.of(kit).toList());
    return tests.stream().anyMatch(test -> fails(() -> test.getExecutable().execute()));
  }

  /// One of the kit's.
  @FunctionalInterface
  private interface Trial {
    Stream<DynamicTest> of(FormatConformance kit) throws IOException;
  }

  private static InputFormat format(String method, Fault fault) {
    return faulty(InputFormat.class, new SafetensorsFormat(), method, fault);
  }

  private static InputFormat sources(String method, Fault fault) {
    return format(
        "open",
        checkpoint ->
            faulty(
                Checkpoint.class,
                checkpoint,
                "source",
                source -> faulty(TensorSource.class, source, method, fault)));
  }

  @Test
  void formatsWithAFaultAreFound() throws IOException {
    assertTrue(
        finds(
            format("recognises", _ -> true), FormatConformance::whatIsCalledAlikeIsNotRecognised));
    assertTrue(
        finds(
            sources("ranges", _ -> List.of()), FormatConformance::nothingIsReadButWhatIsAnnounced));
  }

  /// Opens whatever it is given: what cannot be opened has no tensors, or is a mistake of its own.
  private record Lenient(boolean throwsOn) implements InputFormat {
    private static final SafetensorsFormat SOUND = new SafetensorsFormat();

    @Override
    public String name() {
      return SOUND.name();
    }

    @Override
    public boolean recognises(Storage storage, Location location) throws IOException {
      return SOUND.recognises(storage, location);
    }

    @Override
    public Checkpoint open(Storage storage, Location location) throws IOException {
      try {
        return SOUND.open(storage, location);
      } catch (InputException e) {
        if (throwsOn) {
          throw new IllegalStateException(e);
        }
        return StoredCheckpoint.builder(name(), location).build();
      }
    }
  }

  @Test
  void formatsThatTakeDamagedFilesAreFound() throws IOException {
    assertTrue(finds(new Lenient(false), FormatConformance::truncatedFilesAreRefusedOrGiveTheSame));
    assertTrue(
        finds(new Lenient(true), FormatConformance::changedBytesAreRefusedOrGiveSomethingWhole));
    assertTrue(
        finds(new Lenient(true), FormatConformance::hugeNumbersAreRefusedOrGiveSomethingWhole));
  }
}

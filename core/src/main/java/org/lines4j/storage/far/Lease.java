package org.lines4j.storage.far;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Lets one run at a time make an output in a store, without clocks: a note that its holder writes
/// anew every few seconds. Whoever finds one that stays the same takes it over, for its holder is
/// dead; at once if the holder was a process of this machine that has ended.
public final class Lease implements AutoCloseable {
  /// How often a holder shows that it lives.
  public static final Duration USUAL_BEAT = Duration.ofSeconds(8);

  /// Where Linux keeps this machine's name.
  private static final Path MACHINE = Path.of("/proc/sys/kernel/hostname");

  /// Beats behind which a silent holder is dead.
  private static final int BEATS = 3;

  private static final int LINES = 3;

  /// Those of this JVM.
  private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

  private final Note note;
  private final Thread beats;
  private String version;
  private boolean isLost;

  private Lease(Note note, String version, Duration beat) {
    this.note = note;
    this.version = version;
    this.beats = Thread.ofVirtual().start(() -> beat(beat));
  }

  /// A small file of a store.
  public interface Note {
    /// Where it lies: the same for all notes of that place.
    String place();

    /// What is written there; empty if nothing is.
    Optional<Seen> look() throws IOException;

    /// Writes it, if it is as it was.
    ///
    /// @param before the version that it must have; empty if there must be none
    /// @return the version that it has then; empty if somebody else has written it, or removed it
    Optional<String> write(String text, Optional<String> before) throws IOException;

    /// Removes it.
    void remove() throws IOException;
  }

  /// A note that somebody has written.
  ///
  /// @param version different whenever it is written
  public record Seen(String text, String version) {}

  /// Takes it.
  ///
  /// @param beat how often to show that this process lives
  /// @return empty if somebody else has it
  public static Optional<Lease> take(Note note, Duration beat) throws IOException {
    if (!HELD.add(note.place())) {
      return Optional.empty();
    }
    Optional<String> version = Optional.empty();
    try {
      version = acquire(note, beat);
    } finally {
      if (version.isEmpty()) {
        HELD.remove(note.place());
      }
    }
    return version.map(held -> new Lease(note, held, beat));
  }

  private static Optional<String> acquire(Note note, Duration beat) throws IOException {
    Optional<Seen> there = note.look();
    if (there.isPresent() && !isOfTheDead(there.get().text())) {
      pause(beat.multipliedBy(BEATS));
      Optional<Seen> later = note.look();
      if (later.isPresent() && !later.get().version().equals(there.get().version())) {
        return Optional.empty();
      }
      there = later;
    }
    return note.write(text(), there.map(Seen::version));
  }

  private static void pause(Duration pause) throws IOException {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while looking whether another run lives");
    }
  }

  /// Machine, process, when that began; different each time.
  private static String text() {
    ProcessHandle self = ProcessHandle.current();
    return "%s\n%d\n%s\n%s".formatted(machine(), self.pid(), began(self), UUID.randomUUID());
  }

  /// As the system keeps it; the JDK would ask the network, too.
  private static String machine() {
    try {
      return Files.readString(MACHINE).strip();
    } catch (IOException _) {
      return UUID.randomUUID().toString(); // like no other
    }
  }

  private static String began(ProcessHandle process) {
    return process.info().startInstant().map(Object::toString).orElse("");
  }

  private static boolean isOfTheDead(String text) {
    String[] lines = text.split("\n", -1);
    if (lines.length <= LINES || !lines[0].equals(machine()) || !lines[1].matches("\\d{1,18}")) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(lines[1]));
    return process.isEmpty() || !process.get().isAlive() || !began(process.get()).equals(lines[2]);
  }

  private void beat(Duration beat) {
    try {
      while (true) {
        Thread.sleep(beat);
        try {
          renew();
        } catch (IOException | RuntimeException e) {
          // it may work the next time
        }
      }
    } catch (InterruptedException e) {
      // given up
    }
  }

  private synchronized void renew() throws IOException {
    if (!isLost) {
      Optional<String> now = note.write(text(), Optional.of(version));
      isLost = now.isEmpty();
      version = now.orElse(version);
    }
  }

  /// Checks that it is still held.
  ///
  /// @throws IOException if another run has taken it over
  public void check() throws IOException {
    renew();
    synchronized (this) {
      if (isLost) {
        throw new IOException(
            note.place()
                + ": another run has taken this output over, for this one was not heard of");
      }
    }
  }

  /// Whether nobody is known to have taken it over.
  public synchronized boolean isHeld() {
    return !isLost;
  }

  /// Gives it up.
  @Override
  public void close() throws IOException {
    beats.interrupt();
    synchronized (this) {
      try {
        if (!isLost) {
          isLost = true;
          note.remove();
        }
      } finally {
        HELD.remove(note.place());
      }
    }
  }
}

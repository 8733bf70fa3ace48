package org.lines4j.internal.stage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.PlaceException;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.error.RequestException;
import org.lines4j.files.Digests;
import org.lines4j.files.FolderTree;
import org.lines4j.files.ScratchFolder;
import org.lines4j.internal.memory.MemoryRoom;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;

/// Where each stage's model lies while it is needed: in memory as far as that goes, else in a
/// folder beside the output, which is removed whatever happens.
public final class StagePlaces implements Closeable {
  private final List<Need> needs;
  private final List<Boolean> inMemory;
  private final long diskBytes;
  private final Path scratchPlace;
  private final Map<Integer, MemoryRoom> rooms = new HashMap<>();
  private @Nullable ScratchFolder scratch;

  private StagePlaces(List<Need> needs, List<Boolean> inMemory, long diskBytes, Path scratch) {
    this.needs = List.copyOf(needs);
    this.inMemory = List.copyOf(inMemory);
    this.diskBytes = diskBytes;
    this.scratchPlace = scratch;
  }

  /// What a stage's model takes.
  ///
  /// @param lastUse the number of the last stage that reads it
  public record Need(long bytes, int lastUse) {}

  /// Decides what goes where. A model leaves when its last use is over.
  ///
  /// @param needs of the stages in their order
  /// @param memory that may be used at a time
  /// @param out of the last stage
  public static StagePlaces of(List<Need> needs, long memory, Location out) {
    List<Boolean> inMemory = new ArrayList<>();
    long most = 0;
    for (int stage = 0; stage < needs.size(); stage++) {
      long own = needs.get(stage).bytes();
      boolean fits = own <= memory - held(needs, inMemory, stage, true);
      inMemory.add(fits);
      most = Math.max(most, (fits ? 0 : own) + held(needs, inMemory, stage, false));
    }
    Path folder =
        out.isLocal()
            ? ScratchFolder.beside(out.absolute().path())
            : Path.of(System.getProperty("java.io.tmpdir"))
                .resolve("lines-stages-" + Digests.sha256(out.text()).substring(0, 16));
    return new StagePlaces(needs, inMemory, most, folder);
  }

  /// The bytes of the models before `stage` that are still needed while it is made.
  private static long held(List<Need> needs, List<Boolean> places, int stage, boolean inMemory) {
    long held = 0;
    for (int i = 0; i < stage; i++) {
      if (places.get(i) == inMemory && needs.get(i).lastUse() >= stage) {
        held = Math.addExact(held, needs.get(i).bytes());
      }
    }
    return held;
  }

  /// Whether a stage's model is kept in memory.
  public boolean isInMemory(int stage) {
    return inMemory.get(stage);
  }

  /// Checks that the disk has room for what is not kept in memory.
  ///
  /// @param more bytes for what else goes there
  /// @throws IOException if it has not
  public void checkRoom(long more) throws IOException {
    Location folder = Location.of(scratchPlace);
    long wanted = Math.addExact(diskBytes, more);
    long free = Storages.of(folder).room(folder, true, wanted).orElse(Long.MAX_VALUE);
    if (diskBytes > 0 && free < wanted) {
      throw new PlaceException(
          Problem.of(
                  "not enough room: the stages' models and the output take %,d bytes, there are %,d free"
                      .formatted(wanted, free))
              .in(folder)
              .withRemedy(Remedy.of("make room, or name another output")));
    }
  }

  /// Removes what a killed run to the same output has left.
  public void clear() throws IOException {
    ScratchFolder.clear(scratchPlace);
  }

  /// The place of a stage's model, where nothing is.
  ///
  /// @param name of the file or folder
  public Location take(int stage, String name) throws IOException {
    if (inMemory.get(stage)) {
      MemoryRoom room = MemoryRoom.open("stage");
      rooms.put(stage, room);
      return room.location().child(name);
    }
    return Location.of(folder(stage).resolve(name));
  }

  private Path folder(int stage) throws IOException {
    ScratchFolder taken = scratch;
    if (taken == null) {
      taken =
          ScratchFolder.take(scratchPlace)
              .orElseThrow(
                  () ->
                      new RequestException(
                          scratchPlace, "another run is writing this output at the moment"));
      scratch = taken;
    }
    return taken.path().resolve(String.valueOf(stage + 1));
  }

  /// Gives back what no stage behind `stage` reads.
  public void releaseBefore(int stage) throws IOException {
    for (int i = 0; i < stage; i++) {
      if (needs.get(i).lastUse() < stage) {
        MemoryRoom room = rooms.remove(i);
        if (room != null) {
          room.close();
        } else if (!inMemory.get(i)) {
          FolderTree.delete(folder(i));
        }
      }
    }
  }

  @Override
  public void close() {
    rooms.values().forEach(MemoryRoom::close);
    rooms.clear();
    if (scratch != null) {
      scratch.close();
      scratch = null;
    }
  }
}

package org.lines4j.spark.hadoop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.lines4j.storage.far.Lease;

/// The note of a lease: a file whose text is its version.
///
/// Looking at it and writing it are two steps here. Of two who take one over in the same moment the
/// last has it, and the other learns so when it looks again, as it does before it publishes.
record LeaseNote(Place at) implements Lease.Note {
  private static final int MOST = 1000;

  @Override
  public String place() {
    return at.toString();
  }

  @Override
  public Optional<Lease.Seen> look() throws IOException {
    try (FSDataInputStream file = at.files().open(at.path())) {
      String text = new String(file.readNBytes(MOST), StandardCharsets.UTF_8);
      return Optional.of(new Lease.Seen(text, text));
    } catch (IOException e) {
      IOException failure = at.failed(e);
      if (failure instanceof NoSuchFileException) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  @Override
  public Optional<String> write(String text, Optional<String> before) throws IOException {
    if (before.isPresent() && !look().map(Lease.Seen::version).equals(before)) {
      return Optional.empty();
    }
    try (FSDataOutputStream file = at.files().create(at.path(), before.isPresent())) {
      file.write(text.getBytes(StandardCharsets.UTF_8));
      return Optional.of(text);
    } catch (FileAlreadyExistsException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw at.failed(e);
    }
  }

  @Override
  public void remove() throws IOException {
    at.delete();
  }
}

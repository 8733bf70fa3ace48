package org.lines4j.lab.encoder;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.Images;
import org.lines4j.lab.image.Shift;
import org.lines4j.lab.image.Split;

/// Training images, rendered once and shared by the jobs that want the same ones.
final class ImagePool {
  private record Key(String task, long seed, int count) {}

  private final Map<Key, Images> images = new ConcurrentHashMap<>();

  Images of(ImageTask task, long seed, int count) {
    return images.computeIfAbsent(
        new Key(task.name(), seed, count),
        key -> task.render(seed, Split.TRAIN, Shift.NONE, 0, count));
  }
}

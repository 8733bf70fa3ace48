package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.RequestException;
import org.lines4j.files.Digests;
import org.lines4j.lab.image.ImageTask;
import org.lines4j.lab.image.Images;

/// What `training.json` and `job.json` say: the job that a trained encoder comes from, so that it
/// is not taken for another's, and how the training went.
final class TrainingRecord {
  private static final String JOB = "job.json";
  private static final String COURSE = "training.json";

  private TrainingRecord() {}

  /// Whether the job's encoder is there.
  ///
  /// @throws RequestException if something else is in its place
  static boolean isDone(Job job) throws IOException {
    if (!Files.exists(job.out())) {
      return false;
    }
    Path file = job.out().resolve(JOB);
    if (!Files.isRegularFile(file)) {
      throw new RequestException(
          job.out() + ": holds no trained encoder of this lab; choose another folder");
    }
    String expected = describe(job);
    String found = Files.readString(file);
    if (!found.equals(expected)) {
      throw new RequestException(
          "%s: was trained otherwise: expected %s, found %s; remove the folder to train again"
              .formatted(file, difference(expected, found), difference(found, expected)));
    }
    return true;
  }

  private static String difference(String text, String other) {
    List<String> lines = new ArrayList<>(text.lines().map(String::strip).toList());
    lines.removeAll(other.lines().map(String::strip).toList());
    return lines.toString();
  }

  static void write(Job job, Path folder, List<Map<String, Double>> course, double seconds)
      throws IOException {
    Files.writeString(folder.resolve(JOB), describe(job));
    Map<String, Object> entries = new LinkedHashMap<>();
    entries.put("seconds", seconds);
    entries.put("course", course);
    Files.writeString(folder.resolve(COURSE), JsonText.of(entries));
  }

  /// All that decides the weights.
  private static String describe(Job job) throws IOException {
    Map<String, Object> entries = new LinkedHashMap<>();
    switch (job) {
      case TrainingJob images -> inputs(images, entries);
      case ImageJob images -> inputs(images, entries);
      case TextJob texts -> inputs(texts, entries);
    }
    TrainingSettings settings = job.settings();
    entries.put("steps", settings.steps());
    entries.put("batch", settings.batch());
    entries.put("learning_rate", settings.learningRate());
    entries.put("warmup_steps", settings.warmupSteps());
    entries.put("weight_decay", settings.weightDecay());
    entries.put("label_smoothing", settings.labelSmoothing());
    entries.put("logit_scale", settings.logitScale());
    entries.put("seed", settings.seed());
    return JsonText.of(entries);
  }

  private static void inputs(TrainingJob job, Map<String, Object> entries) throws IOException {
    entries.put("start", describe(job.start()));
    entries.put("tasks", job.tasks().stream().map(ImageTask::name).toList());
    entries.put(
        "class_vectors_sha256",
        classVectors(job.classVectors(), job.tasks().stream().map(ImageTask::name).toList()));
    entries.put("image_seed", job.imageSeed());
    entries.put("images_per_task", job.imagesPerTask());
  }

  private static void inputs(ImageJob job, Map<String, Object> entries) throws IOException {
    entries.put("start", describe(new Start.From(job.base())));
    entries.put("tasks", List.of(job.task()));
    entries.put("class_vectors_sha256", classVectors(job.classVectors(), List.of(job.task())));
    entries.put("images_sha256", images(job.images()));
  }

  private static void inputs(TextJob job, Map<String, Object> entries) throws IOException {
    entries.put("start", describe(new Start.From(job.base())));
    entries.put("tasks", List.of(job.task()));
    entries.put("class_vectors_sha256", classVectors(job.classVectors(), List.of(job.task())));
    entries.put("texts_sha256", job.texts().sha256());
  }

  private static String describe(Start start) throws IOException {
    return switch (start) {
      case Start.Fresh(ImageConfig config, long seed) -> config + " seed " + seed;
      case Start.From(Path folder) ->
          "sha256 " + Digests.sha256(Files.readAllBytes(Encoder.weightsOf(folder)));
    };
  }

  private static String images(Images images) {
    MessageDigest digest = Digests.newSha256();
    for (int label : images.labels()) {
      update(digest, label);
    }
    for (float pixel : images.pixels()) {
      update(digest, Float.floatToIntBits(pixel));
    }
    return Digests.hex(digest.digest());
  }

  private static String classVectors(ClassVectors vectors, List<String> tasks) {
    MessageDigest digest = Digests.newSha256();
    for (String task : tasks) {
      for (float[] vector : vectors.of(task)) {
        for (float value : vector) {
          update(digest, Float.floatToIntBits(value));
        }
      }
    }
    return Digests.hex(digest.digest());
  }

  private static void update(MessageDigest digest, int bits) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      digest.update((byte) (bits >>> shift));
    }
  }
}

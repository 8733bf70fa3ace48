package org.lines4j.lab.experiment;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.RequestException;
import org.lines4j.error.Version;
import org.lines4j.files.AtomicFile;
import org.lines4j.lab.encoder.Job;
import org.lines4j.lab.encoder.TrainingJobs;
import org.lines4j.plan.Progress;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What labs of images and of texts do alike.
final class LabFolder {
  static final String SETTINGS = "settings.json";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private LabFolder() {}

  /// A lab goes on where it was, but never mixes models of different settings.
  ///
  /// @throws RequestException if the folder holds a lab with other settings
  static void checkSettings(Path folder, Object settings) throws IOException {
    Path file = folder.resolve(SETTINGS);
    String wanted = JSON.writeValueAsString(settings) + "\n";
    if (Files.exists(file) && !Files.readString(file).equals(wanted)) {
      throw new RequestException(
          file
              + ": this folder holds a lab with other settings (other options, or another"
              + " version); name another --out, or delete it");
    }
    Files.createDirectories(folder);
    AtomicFile.write(file, wanted);
  }

  /// Runs the jobs that are not done.
  static void train(String phase, List<? extends Job> jobs, int parallel, Progress progress)
      throws IOException {
    try {
      TrainingJobs.run(jobs, parallel, new TrainingProgress(phase, jobs, progress));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while models were trained; run it again to go on", e);
    }
  }

  /// What it runs on, where PyTorch works for it.
  static Map<String, String> versions() {
    Map<String, String> versions = machine();
    versions.put("PyTorch", Engine.getInstance().getVersion());
    return versions;
  }

  /// What it runs on.
  static Map<String, String> machine() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("lines", Version.current());
    versions.put("Java", Runtime.version().toString());
    versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    return versions;
  }
}

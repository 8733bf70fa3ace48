package org.lines4j.lab.experiment;

import java.nio.file.Path;
import java.util.List;
import org.lines4j.lab.encoder.EncoderConfig;
import org.lines4j.lab.experiment.LabSettings.Schedule;
import org.lines4j.lab.experiment.LabSettings.Soup;
import org.lines4j.lab.experiment.LabSettings.Study;
import org.lines4j.plan.Progress;

/// A lab that learns easy tasks within seconds.
public final class TinyLab {
  /// Two that are quickly learnt.
  public static final List<String> TASKS = List.of("gratings", "textures");

  private TinyLab() {}

  /// Everything of the real one, small.
  public static LabSettings settings() {
    return new LabSettings(
        EncoderConfig.of(8, 32),
        new Schedule(500, 32, 3e-3),
        TASKS,
        1000,
        new Schedule(80, 32, 2e-3),
        400,
        1,
        TASKS,
        60,
        120,
        new Soup(List.of("textures"), 2),
        new Study(
            TASKS,
            List.of(),
            new Schedule(1, 1, 1e-3),
            List.of(),
            List.of(),
            List.of(0.5),
            List.of()));
  }

  /// A lab of one seed.
  public static Lab in(Path folder) {
    return new Lab(folder, settings(), List.of(1L), 2, Progress.SILENT);
  }
}

package org.lines4j.cli;

import java.util.List;
import org.lines4j.layers.Rename;
import picocli.CommandLine.Option;

/// What tensors of one model are called in the other.
final class RenameMixin {
  @Option(
      names = "--rename",
      paramLabel = "REGEX=NAME",
      description = {
        "Replace what REGEX finds in the base's tensor names (in a merge, in those of all models"
            + " but the one whose files go along) by NAME, where the same tensors have other names"
            + " and that is not found by itself. May be repeated."
      })
  private List<String> renames = List.of();

  List<Rename> renames() {
    return renames.stream().map(Rename::parse).toList();
  }
}

package org.lines4j.tune.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.lines4j.error.Counted;
import org.lines4j.files.AtomicFile;
import org.lines4j.tune.Contest;
import org.lines4j.tune.ContestResults;
import org.lines4j.tune.ContestResults.Entry;
import org.lines4j.tune.Results;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.TuneListener;
import org.lines4j.tune.Tuning;
import org.lines4j.tune.record.ContestJson;
import org.lines4j.tune.record.ResultFiles;

/// Runs the searches of a contest, one after the other.
///
/// @param dir where their folders are
public record ContestRun(Contest contest, Path dir) {
  /// Searches, and writes the results down.
  public ContestResults run(TuneListener listener) throws IOException, InterruptedException {
    List<Entry> entries = new ArrayList<>();
    Map<String, Map<String, Double>> known = new HashMap<>();
    for (Tuning search : contest.searches()) {
      String method = search.subject().recipe().method();
      listener.note("method " + method);
      Results results = new SearchRun(search, dir.resolve(method)).run(listener, known);
      for (Point model : results.models()) {
        known.put(model.label(), model.metrics());
      }
      entries.add(new Entry(method, results));
    }
    List<Entry> ranked =
        entries.stream().sorted(Comparator.comparingDouble(Entry::score).reversed()).toList();
    ContestResults results = new ContestResults(ranked, verdict(ranked));
    AtomicFile.write(dir.resolve(ResultFiles.CONTEST), ContestJson.of(results));
    Path best = dir.resolve(results.winner().method()).resolve(ResultFiles.BEST);
    AtomicFile.write(dir.resolve(ResultFiles.BEST), Files.readString(best));
    return results;
  }

  private static List<String> verdict(List<Entry> ranked) {
    List<String> sentences = new ArrayList<>();
    Entry best = ranked.getFirst();
    Results results = best.results();
    sentences.add(
        "The best method is %s, with %s: %s, of %s."
            .formatted(
                best.method(),
                results.winner().label(),
                shown(best.score()),
                Counted.of(ranked.size(), "method")));
    if (ranked.size() > 1) {
      Entry second = ranked.get(1);
      sentences.add("%s comes second with %s.".formatted(second.method(), shown(second.score())));
    }
    VerdictText.asItIs(results.models(), best.score(), "merge").ifPresent(sentences::add);
    OptionalDouble gain = results.verdict().gain();
    OptionalDouble error = results.verdict().error();
    if (gain.isPresent()) {
      sentences.add(
          "LiNeS on top of %s %s: its best has %s %s than uniform scaling's%s."
              .formatted(
                  best.method(),
                  results.verdict().pays() ? "pays" : "does not pay",
                  shown(Math.abs(gain.getAsDouble())),
                  gain.getAsDouble() < 0 ? "less" : "more",
                  error.isPresent()
                      ? ", with a standard error of " + shown(error.getAsDouble())
                      : ", each measured once"));
    }
    List<String> paying =
        ranked.stream().filter(e -> e.results().verdict().pays()).map(Entry::method).toList();
    sentences.add(
        paying.isEmpty()
            ? "LiNeS pays on top of none of the methods."
            : "LiNeS pays on top of %d of %s: %s."
                .formatted(
                    paying.size(),
                    Counted.of(ranked.size(), "method"),
                    paying.stream().collect(Collectors.joining(", "))));
    sentences.add(
        "Each method had %d evaluations of each profile.".formatted(results.plan().evaluations()));
    return sentences;
  }

  private static String shown(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}

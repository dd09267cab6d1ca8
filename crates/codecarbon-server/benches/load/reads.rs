//! Sums, series and pages of what was written, and the end of a project.

use std::rc::Rc;

use crate::bodies;
use crate::connections::{Answers, Request, Until, load};
use crate::plant::Planted;
use crate::{Bench, Figure, tell};

/// Connections of what many look at.
const MANY: usize = 8;

impl Bench<'_> {
    pub(crate) fn reads(&self) {
        let all = &self.planted;
        let projects = |path: &'static str| {
            asking(all, move |all, n| {
                path.replace("ID", &all.projects[n % all.projects.len()].to_string())
            })
        };
        self.read("project sums", MANY, &projects("/projects/ID/sums"));
        self.read("experiment sums", MANY, &projects("/projects/ID/experiments/sums"));
        let of_experiment = asking(all, |all, n| {
            format!("/experiments/{}/runs/sums", all.experiments[n * 7 % all.experiments.len()])
        });
        self.read("run sums", MANY, &of_experiment);
        let year = |all: &Planted| {
            let [start, end] = [-200, 165].map(|day| {
                jiff::Timestamp::from_second(all.start_s + day * 86_400).unwrap().to_string()
            });
            format!("start={start}&end={end}&buckets=200")
        };
        let of_project = asking(all, move |all, n| {
            format!("/v1/projects/{}/series?{}", all.projects[n % all.projects.len()], year(all))
        });
        self.read("project year", 1, &of_project);
        let of_organization = asking(all, move |all, _| {
            format!("/v1/organizations/{}/series?{}", all.organization, year(all))
        });
        self.read("organization year", 1, &of_organization);
        let pages = self.effort.long_run_rows / 100;
        let page = asking(all, move |all, n| {
            let run = all.runs.last().unwrap();
            format!("/runs/{run}/emissions?page={}&size=100", 1 + n * 7_919 % pages)
        });
        self.read("page", 1, &page);
        self.delete();
    }

    fn read(&self, what: &str, connections: usize, request: &Request) {
        // Once before, for what is made at the first use.
        load(self.program.port, connections, Until::Count(connections * 4), request);
        let p99: Figure = |answers| answers.percentile_ms(99);
        let median: Figure = |answers| answers.percentile_ms(50);
        let rate: Figure = Answers::per_second;
        let names = [format!("{what} p99"), format!("{what} median"), format!("{what} rate")];
        let figures =
            [(names[0].as_str(), p99), (names[1].as_str(), median), (names[2].as_str(), rate)];
        self.load(&figures, connections, Until::Time(self.effort.slice), 1, request);
    }

    /// Deletes the project of the long run.
    fn delete(&self) {
        let project = *self.planted.projects.last().unwrap();
        let person = self.planted.person.clone();
        let request: Request = Rc::new(move |_, _, text| {
            let line = format!("DELETE /projects/{project} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
            text.extend_from_slice(line.as_bytes());
            text.extend_from_slice(format!("Authorization: Bearer {person}\r\n\r\n").as_bytes());
        });
        let answers = load(self.program.port, 1, Until::Count(1), &request);
        tell(self.name, "delete", &[answers.percentile_ms(99)], "");
    }
}

/// Requests of one kind, each for another thing.
fn asking(all: &Rc<Planted>, path: impl Fn(&Planted, usize) -> String + 'static) -> Request {
    let all = Rc::clone(all);
    Rc::new(move |connection, own, text| {
        bodies::get(text, &path(&all, connection * 13 + own), &all.person);
    })
}
